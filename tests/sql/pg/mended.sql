-- Values that IRIS would take otherwise, and the errors that PostgreSQL has for them.
create table kept (id integer primary key, n integer not null default 5, t varchar(20) not null default 'd', s smallint, i integer, b bigint, v varchar(5), f double precision, m numeric(8,2), d date, w varchar(40));
insert into kept (id, n, t, s, i, b, v, f, m, d, w) values (1, 3, 'd', 7, 40, 50000, 'abc', 1.5, 12.50, '2021-03-04', 'a%b'), (2, 4, 'e', 8, 70000, 5000000000, 'de', -2, 1.25, null, '');

-- NULL for a column that has a default
update kept set t = nullif(t, 'd');
select id, t from kept order by id;
update kept set n = (select max(n) from kept where false);
select id, n from kept order by id;
update kept set n = case when id = 1 then n end;
update kept set n = case when id = 1 then 8 else n end;
update kept set n = coalesce(nullif(n, 8), 3);
update kept set n = i where id = 1;
select id, n from kept order by id;
update kept set t = nullif(t, 'zz') where id = 2 returning id, t;
insert into kept (id, n) select 3, nullif(1, 1);
insert into kept (id, n) values (3, nullif(1, 1));
insert into kept (id, n) values (1, 6) on conflict (id) do update set n = nullif(excluded.n, 6);
insert into kept (id, n) values (1, 6) on conflict (id) do update set n = nullif(kept.n, 40);
select id, n from kept order by id;

-- Numbers that are none
--! 0A000 NaN equals itself in PostgreSQL, in IRIS nothing
select 'NaN'::double precision;
select 'Infinity'::double precision, '-inf'::real;
--! 0A000 the same
select 'NaN'::double precision::integer;
select 1 from kept where f < 'Infinity' order by id;
select id from kept where f < 'infinity'::double precision order by id;
--! 0A000 the same
update kept set f = 'NaN' where false;
--! 0A000 IRIS's numeric has no such value
select 'NaN'::numeric;

-- Numbers that do not fit
select m::numeric(3,2) from kept order by id;
select 1000::numeric(4,2);
select 99.999::numeric(4,2);
select i::numeric(4,2) from kept order by id;
select (m * 100)::numeric(5,2) from kept order by id;
select id from kept where m::numeric(3,1) > 1 order by id;
select m::numeric(8,1), m::numeric(4,2) from kept order by id;
select 1.50 as x union all select m from kept order by x;
select 9223372036854775807 + 1;
select 2147483647 + 1;
select 32767::smallint + 1::smallint;
select b * 9000000000000000000 from kept;
select sqrt(-1);
select sqrt(f) from kept order by id;
--! 0A000 no source says how IRIS computes powers of double precision
select power(0, -1);

-- Values that do not fit their column
update kept set s = n * 10000;
update kept set s = i;
update kept set i = b;
update kept set v = t || ' is too long';
update kept set m = b * 1000;
insert into kept (id, s) select id + 10, b from kept;
insert into kept (id, i) select id + 10, b from kept;
insert into kept (id, v) select id + 10, t || ' is too long' from kept;
insert into kept (id, d) select 88, '2021-02-28';
insert into kept (id, d) select 89, '2021-02-30';
insert into kept (id, d, f) select 89, null, '1.5';
select id, s, i, v, d, f from kept order by id;

-- Patterns
select id from kept where w like 'a\%b' order by id;
select id from kept where w like '%\';
insert into kept (id, d) select 90, '2021-02-28' where exists (select 1 from kept);
insert into kept (id, d, n) values (91, '2021-02-28', (select count(*) from kept where id = 1));
insert into kept (id, d) select distinct 92, '2021-02-27'::date;
select id, n, d from kept where id >= 90 order by id;
update kept set d = case when id = 91 then '2021-01-02' else d end where id > 89;
select id, d from kept where id >= 90 order by id;
update kept set v = '😀😀' where id = 90;
update kept set v = 'abcd' || chr(233) || chr(234) where id = 90;
--! 0A000 IRIS counts such characters as two
update kept set v = '😀😀😀' where id = 90;
--! 0A000 the same
insert into kept (id, v) values (93, '😀😀😀😀😀');
insert into kept (id, v) values (93, '😀😀😀😀😀😀');

-- Patterns that are bound
--$ %\
--$ a\%b
--$ a\\
--$ \N
select id from kept where w like $1 order by id;
--$ %x
select id from kept where w like $1 escape 'x' order by id;
--$ %\
select id from kept where w ilike $1::text order by id;

-- Intervals that are equal and kept otherwise
create table span (id integer primary key, i interval);
insert into span values (1, '1 day'), (2, '24 hours'), (3, '1 hour'), (4, null), (5, '30 days'), (6, '1 month'), (7, '-1 day');
select id from span order by i, id;
select id from span order by i desc nulls last, id desc;
select id from span where i = interval '1 day' order by id;
select id, count(*) over (partition by i) from span order by id;
select id, row_number() over (order by i, id) from span order by id;
select id, rank() over (order by i) from span order by id;
select a.id, b.id from span a join span b on a.i = b.i order by a.id, b.id;
select id from span union all select 9 order by id;
select id, i from (select id, i from span order by i, id limit 3) x order by i, id;
--! 0A000 IRIS would make two groups of equal intervals
select count(*) from span group by i;
--! 0A000 the same
select count(distinct i) from span;
--! 0A000 the same
select distinct i from span;
--! 0A000 the same
select i from span where id = 1 union select i from span where id = 2;
--! 0A000 the same
select i from span where id = 1 intersect select i from span where id = 2;
--! 0A000 the same
select id from span where i in (select i from span where id = 2) order by id;
select id from span where i in (interval '1 day', interval '1 hour') order by id;
select distinct on (i) i is null from span order by i, id;

-- Digits of set operations
--! 0A000 IRIS does not keep how many digits each value shows
select 1 as x union all select 1.0 order by x;
--! 0A000 the same
select m from kept union all select 1 order by 1;
select m from kept where m = 12.50 union all select null::numeric order by 1;
select m from kept where m = 12.50 union all select 1.50 order by 1;

-- Characters that IRIS counts as two
--! 0A000 IRIS counts an emoji as two characters
select length('😀');
--! 0A000 the same
select left('😀 smile', 2);
--! 0A000 the same
select position('x' in '😀x');
select upper('😀 smile'), '😀' || 'x', replace('a😀', 'a', 'b');

-- A whole number in a column of real keeps what a real can hold.
create table single (id integer primary key, x real);
insert into single values (1, 16777217), (2, 16777217.0), (3, '16777217'), (4, 3);
select id, x, x = 16777216 from single order by id;
select count(*) from single where x = 16777216;
