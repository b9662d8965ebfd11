-- generate_series
create table ser_day (n integer primary key, label text);
insert into ser_day values (1, 'one'), (3, 'three'), (5, null);
--! 0A000 IRIS has no rows in a list of values
select generate_series(1, 3);
select * from generate_series(1, 3);
select * from generate_series(1, 3) as n;
select n from generate_series(1, 3) as n;
select n from generate_series(1, 3) n order by n desc;
select g.n from generate_series(1, 3) as g(n);
select g.* from generate_series(1, 2) as g(n);
select g from generate_series(1, 2) g;
select generate_series from generate_series(1, 2);
select * from generate_series(1, 10, 3);
select * from generate_series(10, 1, -4);
select * from generate_series(3, 1);
select * from generate_series(1, 3, -1);
select * from generate_series(1, 1);
select * from generate_series(-2, 2) as n;
select * from generate_series(1, 3, 0);
--! 0A000 the rows are written into the statement
select * from generate_series(1, null);
--! 0A000 the rows are written into the statement
select * from generate_series(null::integer, 3);
--! 0A000 the rows are written into the statement
select * from generate_series(1, 3, null);
select count(*) from generate_series(1, 1000);
select sum(n), min(n), max(n), avg(n)::numeric(10,2) from generate_series(1, 100) n;
select n * n as sq from generate_series(1, 4) n;
select n, n % 2 = 0 as even from generate_series(1, 4) n;
select n from generate_series(1, 20) n where n % 5 = 0;
select n / 2, count(*) from generate_series(0, 5) n group by n / 2 order by 1;
select n from generate_series(1, 100) n order by n desc limit 3;
select n from generate_series(1, 100) n limit 2 offset 5;
select a, b from generate_series(1, 2) a, generate_series(1, 2) b order by a, b;
select a, b from generate_series(1, 3) a join generate_series(2, 4) b on a = b order by a;
select g.n, d.label from generate_series(1, 5) g(n) left join ser_day d on d.n = g.n order by g.n;
select g.n, d.label from ser_day d right join generate_series(1, 3) g(n) using (n) order by 1;
select n, coalesce(d.label, '-') from generate_series(1, 3) n left join ser_day d using (n) order by n;
select g.n from generate_series(1, 5) g(n) where not exists (select 1 from ser_day d where d.n = g.n) order by 1;
select g.n from generate_series(1, 5) g(n) where g.n in (select n from ser_day) order by 1;
select n from ser_day where n in (select * from generate_series(1, 3)) order by n;
select (select count(*) from generate_series(1, 5)), (select max(g) from generate_series(1, 5) g);
--! 0A000 IRIS has no rows in a list of values
select * from (select generate_series(1, 3) as n) q where n > 1;
select n from ser_day d order by n;
--! 0A000 the rows are written into the statement
select (select count(*) from generate_series(1, d.n)) from ser_day d order by n;
with s as (select n from generate_series(1, 3) n) select sum(n) from s;
--! 0A000 IRIS has no rows in a list of values
with s(n) as (select generate_series(1, 3)) select n + 1 from s order by 1;
select n from generate_series(1, 2) n union all select n from generate_series(5, 6) n order by n;
--! 0A000 IRIS has no rows in a list of values
select generate_series(1, 2), generate_series(5, 6);
--! 0A000 IRIS has no rows in a list of values
select generate_series(1, 2);
select 'x' as c;
--! 0A000 IRIS has no rows in a list of values
select n, generate_series(1, 2) from ser_day where n < 4 order by 1, 2;
select * from generate_series(1::bigint, 3);
select * from generate_series(9223372036854775806, 9223372036854775807);
select * from generate_series(2147483646, 2147483647);
select * from generate_series(1::smallint, 3::smallint);
--! 0A000 series of integers only
select * from generate_series(1.0, 2.5, 0.5);
--! 0A000 series of integers only
select * from generate_series(1, 2.5);
--! 0A000 series of integers only
select * from generate_series(date '2021-01-01', date '2021-01-03', interval '1 day');
--! 0A000 series of integers only
select d::date from generate_series('2021-01-30'::date, '2021-02-02'::date, '1 day') d;
--! 0A000 series of integers only
select * from generate_series(timestamp '2021-01-01', timestamp '2021-03-01', interval '1 month');
--! 0A000 series of integers only
select * from generate_series(timestamp '2021-01-01 00:00', timestamp '2021-01-01 03:00', interval '90 minutes') as t;
select date '2021-01-01' + n as day from generate_series(0, 2) n;
--! 0A000 the rows are written into the statement
--$ 1|3
--$ 3|1
--$ 1|\N
select * from generate_series($1::integer, $2::integer);
--! 0A000 the rows are written into the statement
--$ 3
select n from generate_series(1, $1) n order by n;
insert into ser_day select n, 'g' || n from generate_series(10, 12) n;
select * from ser_day order by n;
update ser_day set label = 'u' where n in (select n from generate_series(10, 11) n);
select * from ser_made order by n;
select row_number() over (order by n desc), n from generate_series(1, 3) n order by n;
--! 0A000 IRIS's LIST has no order
select string_agg(n::text, ',' order by n) from generate_series(1, 5) n;
--! 0A000 not translated
select n from generate_series(1, 3) with ordinality as g(n, at);
--! 0A000 not translated
select g.at, g.n from generate_series(5, 6) with ordinality as g(n, at) order by 1;
--! 0A000 IRIS has no arrays
select * from unnest(array[1, 2, 3]) as u order by 1;
--! 0A000 IRIS has no arrays
select * from unnest('{a,NULL,b}'::text[]) with ordinality as u(x, n) order by n;
select * from generate_series('a', 'b');
select * from generate_series(1);
select * from generate_series('1', '3');
select * from generate_series(1, 'x');
select * from generate_series(1, 3) as g(a, b);
select g.nothing from generate_series(1, 3) g;
--! 0A000 IRIS has no rows in a list of values
select generate_series(1, 3) where generate_series(1, 3) > 1;
select * from nothing_series(1, 3);
select * from ser_day where generate_series(1, 2) = 1;

-- Changes that are refused
--! 0A000 IRIS has no rows in a list of values
insert into ser_day (n) select generate_series(20, 21);
--! 0A000 IRIS has no rows in a list of values
delete from ser_day where n in (select generate_series(10, 21));
drop table if exists ser_day, ser_made;
