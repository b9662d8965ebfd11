-- Window functions.
create table run (id integer primary key, g text not null, v integer, w integer not null, f double precision, p numeric(8,2));
insert into run values (1, 'a', 10, 1, 1.5, 1.50), (2, 'a', null, 2, 2.5, 2.25), (3, 'b', 20, 3, null, null), (4, 'b', 20, 4, 4, 100), (5, 'b', 5, 5, 0.25, 0.01), (6, 'c', null, 6, null, null);

-- Ranks
select id, row_number() over (order by id desc) from run order by id;
select id, row_number() over (partition by g order by id) from run order by id;
select id, rank() over (order by v), dense_rank() over (order by v) from run order by id;
select id, rank() over (order by v desc), rank() over (order by v nulls first), rank() over (order by v desc nulls last) from run order by id;
select id, rank() over (), dense_rank() over (partition by g) from run order by id;
--< 2024.1 0A000 these functions came later
select id, ntile(4) over (order by id) from run order by id;
select row_number() over (order by id) as n from run order by n desc;
select id from run order by row_number() over (order by id desc);
select id, g from (select id, g, row_number() over (partition by g order by id desc) as n from run) as q where n = 1 order by id;
select id, row_number() over (order by id) * 10 + 1 as x from run where v is not null order by x;
select row_number() over (order by id), id from run order by id limit 2;
select row_number() over () from run where id = 1;

-- Neighbours
--< 2024.1 0A000 these functions came later
select id, lag(v) over (order by id), lead(v) over (order by id), lag(v, 2) over (order by id), lead(w, 1, -1) over (order by id) from run order by id;
--< 2024.1 0A000 these functions came later
select id, lag(g) over (partition by g order by id), lag(p) over (order by id) from run order by id;
select id, first_value(w) over (partition by g order by id), first_value(w) over (order by id desc) from run order by id;
--< 2024.1 0A000 these functions came later
select id, last_value(w) over (partition by g order by id rows between unbounded preceding and unbounded following) from run order by id;
--< 2024.1 0A000 these functions came later
select id, last_value(w) over (order by id rows between 1 preceding and 1 following) from run order by id;
--< 2024.1 0A000 these functions came later
select id, nth_value(w, 2) over (partition by g order by id rows between unbounded preceding and unbounded following) from run order by id;
--< 2024.1 0A000 these functions came later
select id, nth_value(w, 2) over (order by id range between unbounded preceding and unbounded following) from run order by id;
--! 0A000 the frame ends with the peers of the row
select id, last_value(w) over (order by v) from run order by id;

-- Aggregates over whole partitions
select id, count(*) over () from run order by id;
select id, count(*) over (partition by g), count(v) over (partition by g), sum(v) over (partition by g) from run order by id;
--< 2024.1 0A000 these functions came later
select id, sum(w) over (), min(v) over (partition by g), max(v) over (partition by g) from run order by id;
--< 2024.1 0A000 these functions came later
select id, sum(p) over (partition by g), max(p) over () from run order by id;
select id, sum(f) over (partition by g), avg(f) over (partition by g) from run order by id;
select id, round(avg(w) over (partition by g), 2) from run order by id;
select id, count(*) filter (where v > 5) over (partition by g), sum(v) filter (where w > 3) over (partition by g) from run order by id;
select id, w * 100 / sum(w) over () from run order by id;
--< 2024.1 0A000 these functions came later
select id, bool_and(v > 5) over (partition by g), bool_or(v > 5) over (partition by g) from run order by id;
--! 0A000 IRIS does not keep the digits of a quotient
select avg(w) over () from run where id = 1;

-- Frames of rows
select id, sum(v) over (order by id rows between unbounded preceding and current row) from run order by id;
select id, count(v) over (order by id rows between 1 preceding and 1 following), sum(v) over (order by id rows between 1 preceding and 1 following) from run order by id;
--< 2024.1 0A000 these functions came later
select id, count(*) over (order by id rows 2 preceding), min(w) over (order by id rows 2 preceding) from run order by id;
select id, sum(w) over (order by id rows between 2 preceding and 1 preceding), count(*) over (order by id rows between 2 preceding and 1 preceding) from run order by id;
--< 2024.1 0A000 these functions came later
select id, max(w) over (partition by g order by id rows between current row and unbounded following) from run order by id;
-- Where no two rows sort alike, each is the last of its peers
select id, sum(v) over (order by id), count(*) over (order by id desc), sum(p) over (partition by g order by id) from run order by id;
select id, sum(v) over (order by w, id), count(v) over (order by g, id range between current row and unbounded following) from run where w < 6 order by id;
--< 2024.1 0A000 these functions came later
select id, max(w) over (order by id), last_value(w) over (partition by g order by id) from run order by id;
--! 0A000 the frame ends with the peers of the row
select a.id, sum(a.w) over (order by a.id) from run a join run b on b.g = a.g order by a.id;
--! 0A000 the frame ends with the peers of the row
select id, sum(v) over (order by g) from run order by id;
--! 0A000 the frame ends with the peers of the row
select id, count(*) over (order by g range between unbounded preceding and current row) from run order by id;
--! 0A000 frames of RANGE with an offset
select id, sum(v) over (order by w range between 1 preceding and current row) from run order by id;

-- Named windows
select id, sum(w) over part, count(*) over part, row_number() over line from run window part as (partition by g), line as (order by id) order by id;
select sum(w) over nowhere from run;

-- What is wrong
select id from run where row_number() over (order by id) = 1;
select count(*) from run group by rank() over (order by id);
select g from run group by g having row_number() over (order by g) > 1;
select sum(row_number() over (order by id)) from run;
select row_number() over (order by rank() over (order by id)) from run;
select row_number() from run;
select lower(g) over (order by id) from run;
select count(distinct v) over () from run;
select sum(v) over (order by id rows between current row and 1 preceding) from run;
select sum(v) over (order by id rows between unbounded following and unbounded following) from run;
select sum(v) over (order by id rows between 1 following and current row) from run;
update run set v = row_number() over (order by id);
select g, rank() over (order by sum(w)) from run group by g;
select g, rank() over (order by total) from (select g, sum(w) as total from run group by g) as q order by g;
drop table run;
