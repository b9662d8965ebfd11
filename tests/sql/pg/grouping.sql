-- GROUP BY, HAVING, DISTINCT, and what PostgreSQL demands of them.
create table grp_cust (id integer primary key, name text, city varchar(20), unique (name));
create table grp_ord (id integer primary key, cust_id integer, city text, total numeric(10,2), day date, paid boolean, n integer);
insert into grp_cust values (1, 'Ann', 'Bonn'), (2, 'Bob', 'bonn'), (3, 'Cid', null), (4, '', 'Ulm');
insert into grp_ord values (1, 1, 'Bonn', 10.50, '2021-01-01', true, 1), (2, 1, 'BONN', 20, '2021-01-15', false, 2), (3, 2, null, 5.25, '2021-02-01', true, 2), (4, null, '', 1, null, null, null), (5, 4, 'Ulm', null, '2021-02-01', true, 1), (6, 1, 'Bonn', 10.5, '2021-03-01', false, 3);

-- Groups
select cust_id, count(*) from grp_ord group by cust_id order by cust_id;
select city, count(*) from grp_ord group by city order by city;
select lower(city) as c, count(*), sum(total) from grp_ord group by lower(city) order by c;
select lower(city) as c, count(*) from grp_ord group by c order by c;
select lower(city) as c, count(*) from grp_ord group by 1 order by 1;
select city, paid, count(*) from grp_ord group by 2, 1 order by 1, 2;
select city from grp_ord group by city order by city;
select count(*) from grp_ord group by city order by count(*), min(id);
select cust_id + 1, count(*) from grp_ord group by cust_id + 1 order by 1;
select cust_id + 1, count(*) from grp_ord group by cust_id order by 1;
select cust_id, cust_id * 2 as twice, count(*) * 10 from grp_ord group by cust_id order by 1;
select total, count(*) from grp_ord group by total order by total;
select extract(month from day) as m, sum(total) from grp_ord group by extract(month from day) order by m;
select date_trunc('month', day) as m, count(*) from grp_ord group by 1 order by 1;
select paid, n % 2 = 0 as even, count(*) from grp_ord group by paid, n % 2 = 0 order by 1, 2;
select case when total > 6 then 'big' else 'small' end as size, count(*) from grp_ord group by size order by size;
select case when total > 6 then 'big' else 'small' end, count(*) from grp_ord group by 1 order by 2, 1;
select coalesce(city, 'none') as city, count(*) from grp_ord group by coalesce(city, 'none') order by 1;
select coalesce(city, 'none') as city, count(*) from grp_ord group by city order by 1, 2;
select n as total, count(*) from grp_ord group by total order by 1;
select count(*) from grp_ord group by ();
select sum(total) from grp_ord where false group by ();
select 'x' as k, count(*) from grp_ord group by k;
select 'x' as k, count(*) from grp_ord group by 1;
select null as k, count(*) from grp_ord group by 1;
select cust_id, count(*) from grp_ord where false group by cust_id;
select cust_id, min(city), max(city), min(day), max(total), count(distinct city), sum(distinct total) from grp_ord group by cust_id order by cust_id;
--! 0A000 IRIS's LIST has no order
select cust_id, string_agg(city, ',' order by id) from grp_ord group by cust_id order by cust_id;
select cust_id, bool_and(paid), bool_or(paid), count(*) filter (where paid) from grp_ord group by cust_id order by cust_id;
select cust_id, avg(total), avg(n) from grp_ord group by cust_id order by cust_id;
select cust_id, round(avg(total), 2), avg(n)::double precision from grp_ord group by cust_id order by cust_id;
select cust_id, sum(total) / count(*) as mean from grp_ord group by cust_id order by cust_id;
select cust_id, sum(n) / count(*), sum(n) * 1.0 / count(*) from grp_ord group by cust_id order by cust_id;
select cust_id, sum(case when paid then total else 0 end) from grp_ord group by cust_id order by cust_id;
select max(s) from (select sum(total) as s from grp_ord group by cust_id) q;
select c.name, count(o.id), coalesce(sum(o.total), 0) from grp_cust c left join grp_ord o on o.cust_id = c.id group by c.name order by c.name;
select count(*), sum(n), avg(n), min(n), max(n) from grp_ord where id > 100;
--! 0A000 IRIS has no arrays
select array_agg(n order by id) from grp_ord where cust_id = 1;

-- Functional dependency
select id, name, city from grp_cust group by id order by id;
select c.id, c.name, count(o.id) from grp_cust c left join grp_ord o on o.cust_id = c.id group by c.id order by c.id;
select c.name, sum(o.total) from grp_cust c join grp_ord o on o.cust_id = c.id group by c.id order by c.id;
select c.*, count(o.id) from grp_cust c left join grp_ord o on o.cust_id = c.id group by c.id order by c.id;
select upper(c.name), count(*) from grp_cust c group by c.id having c.city is not null order by c.name;
select name, city from grp_cust group by name;
select c.id, o.city from grp_cust c join grp_ord o on o.cust_id = c.id group by c.id;
select c.id, c.name, o.id, o.total from grp_cust c join grp_ord o on o.cust_id = c.id group by c.id, o.id order by 1, 3;

-- HAVING
select cust_id, count(*) from grp_ord group by cust_id having count(*) > 1;
select cust_id from grp_ord group by cust_id having sum(total) > 6 order by cust_id;
select cust_id from grp_ord group by cust_id having cust_id > 1 order by cust_id;
select cust_id from grp_ord group by cust_id having max(city) = 'Bonn' or count(total) = 0 order by cust_id;
select count(*) from grp_ord having count(*) > 5;
select count(*) from grp_ord having count(*) > 50;
select 1 from grp_ord having true;
select 'x' having 1 = 1;
select 'x' having 1 = 2;
select cust_id, sum(total) as s from grp_ord group by cust_id having avg(total) > 5 order by s desc;
select cust_id from grp_ord group by cust_id having exists (select 1 from grp_cust c where c.id = cust_id) order by 1;
select cust_id from grp_ord group by cust_id having count(*) = (select max(n) from grp_ord) order by 1;
select cust_id from grp_ord group by cust_id having bool_or(paid) order by 1;

-- DISTINCT
select distinct city from grp_ord order by city;
select distinct lower(city) from grp_ord order by 1;
select distinct cust_id, paid from grp_ord order by cust_id, paid;
select distinct total from grp_ord order by total desc nulls last;
select distinct on (cust_id) cust_id, id, total from grp_ord order by cust_id, total desc nulls last, id;
select distinct on (lower(city)) lower(city), id from grp_ord order by lower(city), id desc;
select distinct on (cust_id, paid) cust_id, paid, id from grp_ord order by cust_id, paid, id desc;
select distinct on (1) 5 as x, id from grp_ord order by 1, id limit 1;
select count(distinct total), count(distinct lower(city)), count(distinct paid) from grp_ord;
select distinct count(*) from grp_ord group by cust_id order by 1;
select count(*) from (select distinct cust_id, city from grp_ord) q;
select distinct id, city from grp_ord order by city, id limit 3 offset 1;
select count(distinct("grp_ord"."id")) as "cnt" from "grp_ord" "grp_ord";

-- ROLLUP, CUBE, GROUPING SETS
--! 0A000 IRIS has no grouping sets
select cust_id, count(*) from grp_ord group by rollup (cust_id) order by cust_id, 2;
--! 0A000 IRIS has no grouping sets
select cust_id, paid, count(*) from grp_ord group by cube (cust_id, paid) order by 1, 2, 3;
--! 0A000 IRIS has no grouping sets
select cust_id, paid, count(*) from grp_ord group by grouping sets ((cust_id), (paid), ()) order by 1, 2, 3;
--! 0A000 IRIS has no grouping sets
select cust_id, grouping(cust_id), count(*) from grp_ord group by rollup (cust_id) order by 2, 1;

-- What is wrong
select cust_id, city from grp_ord group by cust_id;
select cust_id, count(*) from grp_ord;
select * from grp_ord group by cust_id;
select city from grp_ord group by lower(city);
select lower(city) from grp_ord group by upper(city);
select cust_id from grp_ord group by cust_id order by city;
select cust_id from grp_ord group by cust_id having city = 'x';
select cust_id from grp_ord having count(*) > 1;
select count(*) from grp_ord where count(*) > 1;
select cust_id from grp_ord group by count(*);
select sum(count(*)) from grp_ord group by cust_id;
select cust_id, count(*) from grp_ord group by 3;
select cust_id, count(*) from grp_ord group by 0;
select cust_id, count(*) from grp_ord group by 2;
select cust_id as c from grp_ord group by cust_id having c > 1;
select count(*) as c from grp_ord having c > 1;
select cust_id from grp_ord group by nothing;
select cust_id from grp_ord group by 'x';
select cust_id from grp_ord group by cust_id order by 2;
select distinct city from grp_ord order by id;
select distinct on (city) city, id from grp_ord order by id;
select cust_id, (select o.city) from grp_ord o group by cust_id;
select o.cust_id, (select count(*) from grp_cust c where c.name = o.city) from grp_ord o group by o.cust_id;
select sum(total, n) from grp_ord;
select sum(city) from grp_ord;
select avg(paid) from grp_ord;
select count() from grp_ord;
select max(paid) from grp_ord;
select count(nothing) from grp_ord;
select sum(total) filter (where n) from grp_ord;
select lower(distinct city) from grp_ord;
select string_agg(city) from grp_ord;
update grp_ord set n = count(*);
delete from grp_ord where n > avg(n);
insert into grp_ord (id) values (count(*));
drop table if exists grp_cust, grp_ord;
