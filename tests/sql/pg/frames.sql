-- Windows: the default frame and its peers, frames of rows, ranges and groups.
create table frm_sale (id integer primary key, region text, day date, qty integer, amount numeric(8,2), rate double precision);
insert into frm_sale values (1, 'n', '2021-01-01', 5, 10.50, 1.5), (2, 'n', '2021-01-02', 5, 20, 2), (3, 'n', '2021-01-03', 7, null, 0.5), (4, 's', '2021-01-01', null, 5.25, null), (5, 's', '2021-01-01', 2, 5.25, 2.5), (6, 's', '2021-01-04', 2, 0.01, 1), (7, null, null, 1, 1, 1), (8, 'N', '2021-01-02', 5, 3, 3);

-- The default frame
select id, sum(qty) over (order by id) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(qty) over (order by qty) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, count(*) over (order by qty) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, count(qty) over (order by qty desc) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(qty) over (order by region) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(qty) over (partition by region order by day) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, count(*) over (partition by region order by day) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, min(qty) over (order by day), max(qty) over (order by day) from frm_sale order by id;
select id, sum(amount) over (order by day, id) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(amount) over (order by day) from frm_sale order by id;
select id, sum(rate) over (order by id) from frm_sale order by id;
select id, avg(rate) over (partition by region order by id) from frm_sale order by id;
--! 0A000 the digits of a quotient inside an expression are not PostgreSQL's
select id, avg(qty) over (order by id) from frm_sale order by id;
select id, sum(qty) over (), count(*) over () from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, max(day) over () from frm_sale order by id;
select id, sum(qty) over (partition by region), count(*) over (partition by region) from frm_sale order by id;
select id, first_value(id) over (order by qty, id) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, last_value(id) over (order by qty, id) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, last_value(qty) over (order by qty) from frm_sale order by id;
select id, first_value(qty) over (partition by region order by day, id) from frm_sale order by id;
--! 0A000 IRIS has no LIST over a window
select id, string_agg(region, ',') over (order by id) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, bool_or(qty > 4) over (order by id), bool_and(qty > 1) over (order by id) from frm_sale order by id;
select id, sum(qty) over (order by id range unbounded preceding) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(qty) over (order by qty range between unbounded preceding and current row) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(qty) over (order by qty range between current row and unbounded following) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, count(*) over (order by qty range between current row and current row) from frm_sale order by id;
select id, sum(qty) over (order by id range between unbounded preceding and unbounded following) from frm_sale order by id;

-- Frames of rows
select id, sum(qty) over (order by id rows unbounded preceding) from frm_sale order by id;
select id, sum(qty) over (order by id rows 1 preceding) from frm_sale order by id;
select id, sum(qty) over (order by id rows between 1 preceding and 1 following) from frm_sale order by id;
select id, sum(qty) over (order by id rows between current row and 2 following) from frm_sale order by id;
select id, count(*) over (order by id rows between 2 preceding and 1 preceding) from frm_sale order by id;
select id, sum(qty) over (order by id rows between 1 following and 2 following) from frm_sale order by id;
select id, count(*) over (order by id rows between unbounded preceding and 1 preceding) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, min(qty) over (order by id rows between 1 preceding and current row), max(qty) over (order by id rows between 1 preceding and current row) from frm_sale order by id;
select id, sum(qty) over (partition by region order by id rows between unbounded preceding and current row) from frm_sale order by id;
select id, first_value(id) over (order by id rows between 1 preceding and 1 following) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, last_value(id) over (order by id rows between 1 preceding and 1 following) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, nth_value(id, 2) over (order by id rows between unbounded preceding and current row) from frm_sale order by id;
select id, sum(qty) over (order by id desc rows between unbounded preceding and current row) from frm_sale order by id;
select id, count(*) over (rows between unbounded preceding and unbounded following) from frm_sale order by id;
select id, sum(qty) over (order by id rows between current row and current row) from frm_sale order by id;
select id, sum(qty) over (order by id rows between 0 preceding and 0 following) from frm_sale order by id;
--! 0A000 IRIS takes a bound as a number only
--$ 1
--$ 2
select id, count(*) over (order by id rows $1 preceding) from frm_sale order by id;

-- Ranges and groups
--! 0A000 IRIS has frames of rows only
select id, sum(qty) over (order by id range between 1 preceding and 1 following) from frm_sale order by id;
--! 0A000 IRIS has frames of rows only
select id, count(*) over (order by qty range between 2 preceding and current row) from frm_sale order by id;
--! 0A000 IRIS has frames of rows only
select id, count(*) over (order by day range between interval '1 day' preceding and current row) from frm_sale order by id;
--! 0A000 IRIS has frames of rows only
select id, count(*) over (order by qty groups between 1 preceding and current row) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(qty) over (order by region groups current row) from frm_sale order by id;
--! 0A000 the frame ends with the peers of the row
select id, count(*) over (order by qty groups between unbounded preceding and current row) from frm_sale order by id;

-- Ranks and neighbours
select id, row_number() over (order by region, id), rank() over (order by region), dense_rank() over (order by region) from frm_sale order by id;
select id, rank() over (partition by region order by qty desc) from frm_sale order by id;
--! 0A000 not in the table of functions
select id, percent_rank() over (order by qty), cume_dist() over (order by qty) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, ntile(3) over (order by id), ntile(3) over (partition by region order by id) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, lag(qty) over (order by id), lead(qty) over (order by id), lag(qty, 2, 0) over (order by id) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, lag(day) over (partition by region order by id), lead(region, 1, '?') over (order by id) from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, qty - lag(qty) over (order by id) as diff from frm_sale order by id;
--! 0A000 IRIS takes this argument as a positive number only
select id, lag(qty, 0) over (order by id), lag(qty, -1) over (order by id) from frm_sale order by id;
select id, row_number() over (partition by region order by day nulls first, id) from frm_sale order by id;
select id, rank() over (order by day desc nulls last, region) from frm_sale order by id;
select id, dense_rank() over (order by coalesce(qty, 0), lower(region)) from frm_sale order by id;

-- Named windows
select id, sum(qty) over w, count(*) over w from frm_sale window w as (order by id) order by id;
select id, sum(qty) over w, rank() over (w order by qty) from frm_sale window w as (partition by region) order by id;
select id, sum(qty) over (w rows between unbounded preceding and current row) from frm_sale window w as (order by id) order by id;
select id, sum(qty) over b from frm_sale window a as (partition by region), b as (a order by id) order by id;
select id, count(*) over w from frm_sale where id < 4 window w as () order by id;

-- Beside GROUP BY, DISTINCT, LIMIT and in expressions
select region, sum(qty), rank() over (order by sum(qty) desc nulls last) from frm_sale group by region order by region;
select region, sum(qty) as s, sum(sum(qty)) over (order by region) from frm_sale group by region order by region;
select region, count(*), count(*) over () from frm_sale group by region order by region;
--! 0A000 the digits of a quotient inside an expression are not PostgreSQL's
select region, max(qty) - avg(max(qty)) over () from frm_sale group by region order by region;
select region, row_number() over (order by count(*) desc, region) as n from frm_sale group by region having count(*) > 1 order by n;
select distinct region, count(*) over (partition by region) from frm_sale order by region;
select distinct count(*) over (partition by region) as n from frm_sale order by n;
select id, row_number() over (order by id desc) as n from frm_sale order by n limit 3;
select id from frm_sale order by row_number() over (order by qty desc nulls last, id) limit 3;
select * from (select id, row_number() over (partition by region order by qty desc nulls last, id) as n from frm_sale) q where n = 1 order by id;
select id, case when row_number() over (order by id) = 1 then 'first' else 'later' end from frm_sale order by id;
select id, sum(qty) over (order by id) * 2 + 1 as x from frm_sale order by id;
--< 2024.1 0A000 these functions came later
select id, coalesce(lag(id) over (order by id), 0) from frm_sale order by id;
select id, round(100.0 * qty / sum(qty) over (), 2) as share from frm_sale order by id;
select id, sum(case when qty > 4 then 1 else 0 end) over (order by id) from frm_sale order by id;
select id, count(*) filter (where qty > 4) over (order by id) from frm_sale order by id;
select a.id from frm_sale a join frm_sale b on a.region = b.region and a.id <= b.id order by a.id, b.id;
--! 0A000 the frame ends with the peers of the row
select sum(b.qty) over (order by a.id, b.id) from frm_sale a join frm_sale b on a.region = b.region and a.id <= b.id order by a.id, b.id;
select max(n) from (select row_number() over (order by id) as n from frm_sale) q;
select id, sum(qty) over (order by id) from frm_sale where qty is not null order by 2, 1 limit 4;

-- What is wrong
select id, sum(qty) over w from frm_sale;
select id from frm_sale where sum(qty) over () > 1;
select sum(qty) over (order by sum(qty) over ()) from frm_sale;
select id, rank() from frm_sale;
select id from frm_sale;
--! 0A000 IRIS takes this argument as a positive number only
select ntile(0) over (order by id) from frm_sale;
select id from frm_sale;
--! 0A000 IRIS takes this argument as a positive number only
select nth_value(id, 0) over (order by id) from frm_sale;
select id, sum(qty) over (order by id rows -1 preceding) from frm_sale;
select id, sum(qty) over (order by id rows between 1 following and 1 preceding) from frm_sale;
select id, sum(qty) over (range between 1 preceding and current row) from frm_sale;
select id from frm_sale;
--! 0A000 IRIS has frames of rows only
select sum(qty) over (order by region range between 1 preceding and current row) from frm_sale;
select id, sum(qty) over (w order by qty) from frm_sale window w as (order by id);
select id, sum(qty) over (order by id) from frm_sale window w as (order by id), w as (order by qty);
select id, sum(distinct qty) over () from frm_sale;
select id, rank() over (order by nothing) from frm_sale;
select id, sum(region) over () from frm_sale;
select id, lag() over (order by id) from frm_sale;
select region, sum(qty) over () from frm_sale group by region;
update frm_sale set qty = 1 where rank() over () = 1;
drop table if exists frm_sale;
