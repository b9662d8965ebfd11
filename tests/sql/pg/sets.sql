-- UNION, INTERSECT and EXCEPT.
create table set_a (id integer primary key, n integer, t text, p numeric(8,2), d date, b boolean);
create table set_b (id integer primary key, n integer, t varchar(10), p numeric(8,2), d date, big bigint);
insert into set_a values (1, 1, 'a', 1.50, '2021-01-01', true), (2, 1, 'A', 1.5, '2021-01-01', false), (3, 2, '', 2, null, null), (4, null, null, null, '1999-12-31', true), (5, 3, 'ä', 10, '2021-06-01', false), (6, 1, 'a', 1.5, '2021-01-01', true);
insert into set_b values (1, 1, 'a', 1.50, '2021-01-01', 1), (2, 2, 'b', 2.00, null, 9000000000), (3, null, null, null, null, null), (4, 2, '', 2, '1999-12-31', 2), (5, 7, 'A', 7, '2021-01-01', 7);

-- Every kind, with duplicates and NULLs
select n from set_a union select n from set_b order by n;
select n from set_a union all select n from set_b order by n;
select n from set_a intersect select n from set_b order by n;
select n from set_a intersect all select n from set_b order by n;
select n from set_a except select n from set_b order by n;
select n from set_a except all select n from set_b order by n;
select n from set_b except select n from set_a order by n;
select n from set_b except all select n from set_a order by n;
select t from set_a union select t from set_b order by t;
select t from set_a union all select t from set_b order by t;
select t from set_a intersect select t from set_b order by t;
select t from set_a except select t from set_b order by t;
select t from set_a except all select t from set_b order by t;
select n, t from set_a union select n, t from set_b order by n, t;
select n, t from set_a intersect select n, t from set_b order by n, t;
select n, t from set_a except select n, t from set_b order by n, t;
select p from set_a union select p from set_b order by p;
select p from set_a intersect select p from set_b order by p;
select p from set_a except select p from set_b order by p;
select d from set_a union select d from set_b order by d;
select d from set_a except all select d from set_b order by d;
select b from set_a union select null order by b;
select n from set_a union distinct select n from set_b order by n;
select n from set_a where false union all select n from set_b where id = 1;
select n from set_a where false union select n from set_b where false;
select n from set_a where false intersect select n from set_b;
select n from set_a except select n from set_b where false order by n;

-- Types are brought together
select n from set_a union select big from set_b order by 1;
select big from set_b union all select n from set_a order by 1;
select n from set_a where id = 3 union select 2.5 order by 1;
select n from set_a where id < 3 union all select 1.5::double precision order by 1;
--! 0A000 IRIS does not keep how many digits each value shows
select 1 as x union select 1.0 order by x;
select 1 as x union select '2' order by x;
select '1' as x union select '2' order by x;
select null as x union select 1 order by x;
select null as x union select null;
select null as x union all select 'a' order by x;
select d from set_a where id = 1 union select '2020-01-01' order by 1;
select d from set_a where id = 1 union select timestamp '2020-01-01 10:00' order by 1;
select t from set_a where id = 1 union select t from set_b where id = 2 order by 1;
select 'a'::varchar(3) as x union select 'b'::varchar(3) order by x;
select 'a'::varchar(3) as x union select 'b'::varchar(5) order by x;
select 1::smallint as x union select 2::smallint order by x;
select 1::smallint as x union select 2 order by x;
select true as x union select 't' order by x;
select b from set_a union select true order by b;
--$ 5
--$ \N
select n from set_a where id = 1 union select $1 order by 1;
--$ q
select $1 as x union select 'p' order by x;

-- Names, order, limits
select n as first from set_a union select n as second from set_b order by first;
select n as first from set_a union select n as second from set_b order by second;
select n from set_a union select n from set_b order by 1 desc;
select n from set_a union select n from set_b order by n nulls first;
select n from set_a union select n from set_b order by n desc nulls last limit 2;
select n from set_a union select n from set_b order by n limit 2 offset 1;
select n from set_a union all select n from set_b order by n offset 7;
select n, t from set_a union all select n, t from set_b order by t, n;
select n, t from set_a union all select n, t from set_b order by 2 desc, 1 limit 3;
(select n from set_a order by n limit 2) union all (select n from set_b order by n desc limit 2) order by n;
(select n from set_a order by n desc limit 1) union (select n from set_b order by n limit 1) order by 1;
(select n from set_a) union (select n from set_b) order by 1;
select n from set_a union select n from set_b order by n + 1;
select n from set_a union select n from set_b order by id;
select n from set_a union select n from set_b order by 2;
select n from set_a order by n union select n from set_b;
select n from set_a limit 1 union select n from set_b;

-- Nested
select n from set_a union select n from set_b union select 99 order by n;
select n from set_a union select n from set_b union all select 1 order by n;
select n from set_a union all select n from set_b union select 1 order by n;
select n from set_a union (select n from set_b union all select 1) order by n;
select 1 as x union all select 1 intersect select 1 order by x;
(select 1 as x union all select 1) intersect select 1 order by x;
select n from set_a except select n from set_b union select 99 order by n;
select n from set_a except (select n from set_b union select 3) order by n;
select n from set_a intersect select n from set_b except select 2 order by n;
select n from set_a where id < 3 union all select n from set_a where id < 3 union all select n from set_a where id < 3 order by n;
select * from (select n from set_a union select n from set_b) u where n > 1 order by n;
select count(*), sum(n) from (select n from set_a union all select n from set_b) u;
select u.k, count(*) from (select 'a' as k, n from set_a union all select 'b', n from set_b) u group by u.k order by u.k;
select id from set_a where n in (select n from set_b union select 3) order by id;
select id from set_a where n not in (select n from set_b where n is not null except select 2) order by id;
--! 0A000 IRIS does not see the query around from there
select id from set_a a where exists (select 1 from set_b b where b.n = a.n intersect select 1) order by id;
with u as (select n from set_a intersect select n from set_b) select n, n + 1 from u order by n;
select (select max(n) from (select n from set_a union select n from set_b) q);
values (1), (2) union select 2 order by 1;
values (1), (2) except values (2);
select 1 as x union (values (2), (3)) order by x;
select count(*) from set_a union all select count(*) from set_b order by 1;
select n, count(*) from set_a group by n union all select n, count(*) from set_b group by n order by 1, 2;
select distinct n from set_a union all select distinct n from set_b order by 1;
select n from set_c order by n;
select count(*) from set_c;
select 'row' as kind, id from set_a where id = 1 union select 'col', id from set_b where id = 1 order by kind;

-- What is wrong
select n from set_a union select n, t from set_b;
select n from set_a union select t from set_b;
select n from set_a union select 'x';
select n from set_a union select d from set_b;
select b from set_a union select n from set_b;
select n, t from set_a except select n from set_b;
select n from set_a intersect select d from set_b;
select 1 union select 2 union select 'x';
select n from set_a union select nothing from set_b;
select n from set_a union;
select sum(n) from set_a union select t from set_b;
drop table if exists set_a, set_b, set_c;
