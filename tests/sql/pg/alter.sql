-- ALTER TABLE.
create table t (a integer primary key, b varchar(5), c numeric(6,2), d smallint not null);
insert into t values (1, 'one', 1.25, 10), (2, 'Two', null, 20);

-- ADD COLUMN: the rows that are there take the default
alter table t add column e integer;
alter table t add column f integer default 7;
alter table t add column g text default 'x' not null;
alter table t add column h boolean default null;
alter table t add i integer, add j varchar(3), add column k integer default 5;
select * from t order by a;
insert into t (a, d) values (3, 30);
insert into t (a, d, f, k) values (4, 40, null, null);
select * from t order by a;
alter table t add column e integer;
alter table t add column if not exists e integer;
alter table t add column if not exists l integer;
--! 23502 IRIS's error names no column
alter table t add column m integer not null;
alter table t add column n integer unique;
update t set n = a;
insert into t (a, d, n) values (5, 50, 1);

-- Columns
alter table t rename column i to i2;
alter table t rename column nothing to x;
alter table t rename column i2 to j;
alter table t drop column i2;
alter table t drop column nothing;
alter table t drop column if exists nothing;
alter table t drop column if exists l;
alter table t alter column b set default 'dflt';
alter table t alter column c set default 2.5;
alter table t alter column f drop default;
alter table t alter column g set default null;
alter table t alter column g drop not null;
insert into t (a, d) values (6, 60);
select * from t order by a;
alter table t alter column b set default 5;
alter table t alter column d set default 'abc';
alter table t alter column nothing set default 1;
alter table t alter column d drop not null;
insert into t (a) values (7);
--! 23502 IRIS's error names no column
alter table t alter column d set not null;
update t set d = 0 where d is null;
alter table t alter column d set not null;
insert into t (a) values (8);
alter table t alter column nothing set not null;

-- Types
alter table t alter column b type varchar(20);
alter table t alter column d set data type integer;
alter table t alter column c type numeric(10,4);
insert into t (a, b, c, d) values (9, 'a longer text', 123456.7891, 100000);
select a, b, c, d from t order by a;
select a from t where b = 'TWO';
select a from t where b = 'Two';
alter table t alter column b type text;
select b from t order by a;
alter table t alter column d type bigint;
select d from t where a = 1;
--! 0A000 values might be lost
alter table t alter column d type smallint;
--! 0A000 values might be lost
alter table t alter column b type varchar(3) using substr(b, 1, 3);

-- Constraints
create table p (id integer, name varchar(10));
alter table p add primary key (id);
alter table p add constraint p_name unique (name);
insert into p values (1, 'x'), (2, 'y');
insert into p values (1, 'z');
insert into p values (3, 'x');
--! 23503 IRIS does not tell which table is at fault
alter table t add constraint to_p foreign key (f) references p (id) on delete set null;
--! 42704 IRIS's error names no constraint
alter table t drop constraint p_name;
alter table p drop constraint p_name;
insert into p values (3, 'x');
--! 23505 IRIS tells of the key and not of the index
alter table p add constraint p_name unique (name);
--! 0A000 IRIS has no CHECK constraints
alter table p add constraint positive check (id > 0);
--! 0A000 IRIS cannot undo the first
alter table p add column z integer, drop column name;

-- The table
alter table p rename to q;
select count(*) from p;
select count(*) from q;
alter table nowhere add column x integer;
alter table nowhere drop column x;
alter table if exists nowhere add column x integer;
alter table q rename to t;

-- What is refused
create table r (a integer);
--! 0A000 IRIS might not number the rows that are there
alter table r add column o serial;
