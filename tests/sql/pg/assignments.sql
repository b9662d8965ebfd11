-- Values on their way into columns: rounded, measured and checked as PostgreSQL's assignment does it.
create table src (id integer primary key, s smallint, i integer, b bigint, n numeric(10,2), q numeric(18,6), f double precision, t text, v varchar(20), y boolean, d date, ts timestamp, u uuid);
insert into src values (1, 1, 10, 100, 1.55, 2.5, 2.5, 'apple', 'Apple', true, '2021-03-04', '2021-03-04 05:06:07.25', '00000000-0000-0000-0000-000000000001'), (2, -3, 70000, 5000000000, -2.50, -2.5, 3.5, '', 'a longer text', false, '1999-12-31', '1999-12-31 23:59:59.5', null), (3, null, null, null, null, null, null, null, null, null, null, null, null);
create table dst (id integer primary key, s smallint, i integer, b bigint, n numeric(6,1), f double precision, t text, v varchar(5), y boolean, d date, ts timestamp, u uuid);
insert into dst (id) values (1), (2), (3);

-- Computed values
update dst set i = src.n, b = src.q, n = src.q from src where src.id = dst.id;
select id, i, b, n from dst order by id;
update dst set i = f * 2 where id = 1;
update dst set f = src.i, t = src.v from src where src.id = dst.id;
select id, i, f, t from dst order by id;
update dst set i = f + 0.5, b = f, s = f from (select 1 as one) as o where id = 1;
select id, i, b, s from dst where id = 1;
update dst set n = src.i / 3, t = src.t || '!' from src where src.id = dst.id;
select id, n, t from dst order by id;
update dst set n = i + 0.25, i = i + 1, b = b * 2 where id < 3;
select id, i, b, n from dst order by id;
update dst set d = src.ts, ts = src.d from src where src.id = dst.id;
select id, d, ts from dst order by id;
update dst set y = i > 5, u = (select u from src where src.id = 1);
select id, y, u from dst order by id;
update dst set y = not y, t = case when y then 'yes' else 'no' end;
select id, y, t from dst order by id;
update dst set t = i, v = s where id = 1;
select id, t, v from dst where id = 1;
update dst set t = d, v = y where id = 1;
select id, t, v from dst where id = 1;
update dst set v = left(t, 3) || 'x', t = upper(t);
select id, t, v from dst order by id;
update dst set v = null, t = null, i = null where id = 3;
select id, t, v, i from dst where id = 3;
update dst set v = 'abc   ' where id = 1;
update dst set v = 'abcdefg' where id = 1;
update dst set v = 'abcde   ' where id = 1;
select v || '|' from dst where id = 1;
update dst set v = t || 'abcdefghij' where id = 1;
select v from dst where id = 1;
update dst set s = 40000 where id = 1;
update dst set i = 3000000000 where id = 1;
update dst set n = 123456.7 where id = 1;
update dst set n = 99999.94 where id = 1;
update dst set n = 99999.95 where id = 1;
select n from dst where id = 1;
update dst set i = 2.5, b = -2.5, s = 1.4999 where id = 1;
select i, b, s from dst where id = 1;
update dst set i = '12', d = '2021-02-03', y = 'on', n = '1.25', f = '1e3' where id = 2;
select i, d, y, n, f from dst where id = 2;
update dst set d = '2021-02-30' where id = 2;
update dst set i = 'x' where id = 2;
update dst set i = true where id = 2;
update dst set d = 5 where id = 2;
update dst set y = 1 where id = 2;
update dst set i = 'a'::text where id = 2;
update dst set i = null, d = null, y = null where id = 2;
select i, d, y from dst where id = 2;

-- Ranges of what is computed
update dst set s = src.i from src where src.id = dst.id and src.id = 2;
update dst set i = src.b from src where src.id = dst.id and src.id = 2;
update dst set i = i * 100000 where id = 1;
update dst set i = 2147483647 where id = 1;
update dst set i = i + 1 where id = 1;
select i from dst where id = 1;
update dst set n = n * 1000 where id = 1;
update dst set i = f * 1e9 where id = 2;
select id, s, i, n from dst order by id;

-- INSERT … SELECT
create table copy (id integer primary key, i integer, n numeric(6,1), v varchar(6), t text, y boolean, d date, f double precision);
insert into copy select id, n, q, left(v, 6), i, y, ts, b from src;
select * from copy order by id;
insert into copy (id, v) select id + 10, t || '-' || id from src where t is not null;
insert into copy (id, v) select id + 20, v || v from src where id = 2;
insert into copy (id, i) select id + 30, b from src where id = 2;
insert into copy (id, n) select 40, 12345678.9;
insert into copy (id, n, i) select 41, 12345.67, 2.5;
insert into copy (id, y, v) select 42, i > 5, 'x' from src where id = 1;
select * from copy where id > 3 order by id;
insert into copy (id, t, i) values (50, 'a' || 'b', 1 + 1), (51, upper('x'), 7 / 2), (52, 5::text, abs(-3));
insert into copy (id, n, d, y) values (53, 1.25 + 1, date '2021-01-01' + 1, 1 > 2), (54, round(2.345, 2), '2021-01-01'::date, null is null);
insert into copy (id, f, i) values (55, 1 / 2.0, 5 / 2.0), (56, sqrt(2::double precision), (2.5::double precision)::integer);
select * from copy where id >= 50 order by id;
--$ 60|1.25|abc|2021-01-01|t
--$ 61|\N|\N|\N|\N
insert into copy (id, n, v, d, y) values ($1, $2, $3, $4, $5);
--$ 62|5|abcdefgh
insert into copy (id, i, v) values ($1, $2 + 1, $3);
--$ 63|7|xyz
insert into copy (id, i, v) values ($1, $2 * 2, $3 || '!');
--$ 64|2.5
insert into copy (id, i) values ($1, $2::numeric);
--$ 65|2.5
insert into copy (id, i) values ($1, round($2::numeric + 0.5));
select id, i, n, v, d, y from copy where id >= 60 order by id;
--$ 60|9.96|xyz
update copy set n = $2, v = $3 where id = $1;
--$ 60|0.04
update copy set n = n + $2 where id = $1;
--$ 60|1
update copy set i = coalesce(i, 0) + $2 where id = $1;
select id, i, n, v from copy where id = 60;
drop table copy;
drop table dst;
drop table src;
