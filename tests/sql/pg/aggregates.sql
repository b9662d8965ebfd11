-- Aggregates.
create table sale (id integer primary key, g text, v integer, p numeric(8,2), f double precision, b boolean);
insert into sale values (1, 'a', 10, 1.50, 1.5, true), (2, 'a', 10, 2.25, null, true), (3, 'b', 15, null, 2.5, false), (4, 'b', null, 0.25, 4, null), (5, null, 7, 3, 0, null);

select count(*) filter (where v > 9), sum(v) filter (where g = 'a'), max(v) filter (where v < 15), count(v) filter (where b) from sale;
select g, count(*) filter (where v > 9), sum(p) filter (where v > 9) from sale group by g order by g;
select avg(v) filter (where v > 9), avg(p) filter (where g = 'a') from sale;
select avg(f) filter (where f > 1) from sale;
select bool_and(b), bool_or(b), every(b), bool_and(v > 5), bool_or(v > 100), bool_and(v > 9) from sale;
select g, bool_and(b), bool_or(b) from sale group by g order by g;
select bool_and(b) from sale where id > 9;
select bool_or(b) filter (where id = 3) from sale;
select bool_and(v) from sale;
select g from sale group by g having bool_and(v > 9) order by g;
select count(distinct v), sum(distinct v), avg(distinct v), min(distinct v), count(distinct g) from sale;
select count(distinct v) filter (where v > 9) from sale;
select g, count(distinct v) from sale group by g order by count(distinct v), g;
select sum(case when b then 1 else 0 end) from sale;
select sum(count(*)) from sale;
select count(*) from sale where sum(v) > 1;
--! 0A000 IRIS computes it with other digits
select stddev(v) from sale;
select string_agg(g, ',') from sale;
--! 0A000 arrays
select array_agg(g) from sale;
drop table sale;
