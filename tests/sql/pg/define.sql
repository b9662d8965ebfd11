-- CREATE TABLE AS.
create table def_s (id integer primary key, name varchar(10), note text, price numeric(8,2), qty smallint, big bigint, flag boolean default true, f double precision, d date, t time, ts timestamp, tz timestamptz, u uuid);
insert into def_s values (1, 'one', 'n1', 1.50, 1, 9000000000, true, 0.1, '2021-01-01', '10:00:00', '2021-01-01 10:00:00', '2021-01-01 10:00:00+00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), (2, '', null, null, null, null, null, null, null, null, null, null, null), (3, 'Größen', '', -2.25, -7, -1, false, -1.5, '1999-12-31', '23:59:59.5', '1999-12-31 23:59:59.5', '1999-12-31 23:59:59.5+00', null);
create table def_a as select * from def_s;
select * from def_a order by id;
select * from def_a where name = 'ONE';
create table def_a as select 1 as x;
create table if not exists def_a as select 1 as x;
create table if not exists def_b as select id, name from def_s where id > 1;
select * from def_b order by id;
create table def_c (x, y) as select id, name from def_s order by id desc limit 2;
select * from def_c order by x;
create table def_d (x) as select id, note from def_s with no data;
select * from def_d;
insert into def_d values (1, 'a');
select * from def_d;
create table def_e as select id as i from def_s with data;
select * from def_e order by i;
create table def_f as (select id, qty from def_s where qty is not null);
select * from def_f order by id;
create table def_g as select name, count(*) as n, max(id) as m from def_s group by name;
select * from def_g order by name;
create table def_h as table def_c;
select * from def_h order by x;
table def_h;
create table def_i (a, b) as values (1, 'x'), (2, null);
select * from def_i order by a;
create table def_j as with w as (select id + 1 as k from def_s) select k, k * 2 as l, 'text' as m, null as n, true as o from w;
select * from def_j order by k;
create table def_k as select id from def_s union select 7 order by 1;
select * from def_k order by id;
create table def_l as select s.id, o.name as other from def_s s left join def_b o on o.id = s.id;
select * from def_l order by id;
create table public.def_m as select current_date - date '2021-01-01' > 0 as late, 1.5::numeric(4,2) as n, cast(id as text) as t from def_s;
select * from def_m order by t;
create table def_n as select sum(price)::numeric(12,2) as total, lower(name) as name from def_s group by lower(name);
select * from def_n order by name;
--$ 1|abc
create table def_o as select id, $2::text as t from def_s where id = $1;
select * from def_o;
--! 0A000 IRIS keeps no digits that no precision names
create table def_v1 as select sum(price) as total from def_s;
--! 0A000 IRIS keeps no digits that no precision names
create table def_v2 as select 1.5 as x;
--! 0A000 a column of IRIS must have a name of its own
create table def_v3 as select 1;
create table def_x (a, b) as select 1;
create table def_x (a, a) as select 1, 2;
create table def_x as select id, id from def_s;
create table def_x as select nothing from def_s;
create table def_x as select 1 as a from def_nothing;
create table def_x as insert into def_s values (9);
create table def_x as;
create table def_x (a);
create table def_x (a) from def_s;
create table def_x;
--! 0A000 an IRIS table would outlive the session
create temporary table def_v4 as select 1 as a;
--! 0A000 it is refused with a hint at CREATE TABLE AS
select * into def_v5 from def_s;
-- What fails leaves no table behind.
create table def_x as select 1 / (id - 3) as x from def_s;
select * from def_x;
create table def_x as select (select s.id from def_s s) as x;
select * from def_x;
create table def_x as select id as y from def_s where id = 1;
select * from def_x;
begin;
create table def_y as select id from def_s;
rollback;
drop table if exists def_y;
drop table if exists def_v1, def_v2, def_v3, def_v4, def_v5;
begin read only;
create table def_z as select 1 as a;
rollback;

-- Types of columns
create table def_t (x nothing);
create table def_t (a integer, "b c" public.nothing);
create table def_t (x numeric(0));
create table def_t (x varchar(0));
create table def_t (ä integer, x char(0));
create table def_t (x pg_catalog.nothing);
--! 0A000 IRIS has no such type
create table def_t1 (x "char");
--! 0A000 IRIS has no such type
create table def_t2 (x int4range);
--! 0A000 IRIS has no such type
create table def_t3 (x money);
--! 0A000 IRIS has no such type
create table def_t4 (x inet);
drop table if exists def_t1, def_t2, def_t3, def_t4;
alter table def_s add column x nothing;

-- DROP TABLE of tables that reference each other
create table def_p (id integer primary key);
create table def_q (id integer primary key, p_id integer references def_p (id));
create table def_r (q_id integer references def_q (id), own integer primary key, up integer references def_r (own));
drop table def_p;
drop table def_a, def_p, def_q;
select count(*) from def_a;
drop table def_p, def_nothing, def_q, def_r;
select count(*) from def_r;
drop table def_p, def_q, def_r;
select count(*) from def_p;
drop table def_r;
create table def_t (x integer, constraint own primary key (y));
create table def_t (x integer, constraint own unique (x, y));
create table def_t (x integer primary key, constraint own primary key (x));
