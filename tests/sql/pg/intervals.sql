-- Intervals as values.
select interval '1 day', interval '1 month', interval '1 year', interval '1 hour', interval '1 minute', interval '1 second', interval '1 week';
select interval '1 year 2 months 3 days 04:05:06.789', interval '-1 day', interval '1 day -02:00:00', interval '-1 year +2 days';
select interval '0', interval '00:00:00', interval '36:00:00', interval '100 hours', interval '90 minutes', interval '3600 seconds', interval '13 months';
select interval '1.5 days', interval '0.5 month', interval '1.5 hours', interval '2.5 years', interval '0.000001 second';
select interval 'P1Y2M3DT4H5M6S', interval 'PT36H', interval 'P1W', interval '1-2', interval '3 4:05:06';
select interval '1' year, interval '2' month, interval '3' day, interval '4' hour, interval '5' minute, interval '6' second, interval '1-2' year to month, interval '3 04:05' day to minute;
select '1 day'::interval, cast('2 hours' as interval);
--! 0A000 IRIS writes this type in another form
select '1 day'::interval::text;
select '-3 days ago'::interval;
select interval '1 mon', interval '1 mons 2 hrs 3 mins 4 secs', interval '1 decade', interval '1 century', interval '1 millennium', interval '5 milliseconds', interval '7 microseconds';
select interval '1 day' + interval '2 hours', interval '1 day' - interval '25 hours', interval '1 month' + interval '30 days';
--! 0A000 IRIS has no intervals to compute with
select interval '1 day' * 3, interval '1 hour' / 2, interval '1 month' / 2, interval '1 day' * 1.5, interval '1 day' / 3, interval '1 year' * 0.1;
select interval '1 day' = interval '24 hours', interval '1 month' = interval '30 days', interval '1 year' = interval '360 days', interval '12 months' = interval '1 year';
select interval '1 day' < interval '25 hours', interval '1 month' > interval '29 days', interval '-1 day' < interval '0', interval '1 day' <> interval '24:00:00';
select interval '1 day' is null, null::interval;
--! 0A000 IRIS has no intervals to compute with
select null::interval + interval '1 day';
select interval '1 day' is distinct from interval '24 hours';
--! 0A000 IRIS has no intervals to compute with
select extract(day from interval '40 days'), extract(month from interval '14 months'), extract(year from interval '14 months'), extract(hour from interval '36:10:00'), extract(epoch from interval '1 day 2 hours'), extract(minute from interval '1:30:00');
--! 0A000 IRIS has no intervals to compute with
select extract(second from interval '1.5 seconds'), extract(epoch from interval '1 month'), extract(epoch from interval '1 year'), date_part('day', interval '2 days'), date_part('epoch', interval '0.5 seconds');
--! 0A000 IRIS has no intervals to compute with
select justify_hours(interval '36 hours'), justify_days(interval '45 days'), justify_interval(interval '1 mon -1 hour');
--! 0A000 not in the table of functions
select make_interval(1, 2, 3, 4, 5, 6, 7.5);
select greatest(interval '1 day', interval '23 hours'), least(interval '1 month', interval '31 days'), coalesce(null, interval '1 day');
select date '2021-03-01' + interval '1 day', date '2021-03-01' - interval '1 day', date '2021-01-31' + interval '1 month', interval '1 day' + date '2021-03-01';
select date '2021-03-01' + interval '25 hours', date '2024-02-29' - interval '1 year', date '2021-03-31' - interval '1 month 1 day', date '2021-01-01' + 3 * interval '1 month';
select timestamp '2021-03-01 10:00:00' + interval '1 day 2 hours 3.5 seconds', timestamp '2021-01-31 10:00:00' + interval '1 month - 1 day', timestamp '2020-02-29 00:00:00' + interval '4 years';
--! 0A000 IRIS has no intervals to compute with
select time '10:00:00' + interval '1 hour', time '23:00:00' + interval '2 hours', time '01:00:00' - interval '2 hours';
select timestamp '2021-03-01 10:00:00' - timestamp '2021-02-28 09:00:00', timestamp '2021-01-01' - timestamp '2021-03-01', date '2021-03-01' - timestamp '2021-02-28 12:00:00';
select timestamp '2021-03-01 10:00:00' - timestamp '2021-03-01 10:00:00', timestamp '2021-03-01 00:00:00.5' - timestamp '2021-03-01';
--! 0A000 IRIS has no intervals to compute with
select age(timestamp '2021-03-01', timestamp '2020-01-15'), age(date '2021-03-31', date '2021-02-28'), age(timestamp '2020-01-01', timestamp '2021-02-03 04:05:06');
--! 0A000 IRIS has no intervals to compute with
select to_char(interval '1 day 2 hours', 'DD HH24:MI'), interval '10:00:00'::time;
--! 0A000 IRIS has no intervals to compute with
select sum(x), avg(x) from (values (interval '1 day'), (interval '2 hours'), (null)) v(x);
--! 0A000 IRIS has no intervals to compute with
--$ 1 day
--$ 1 mon 2 days 03:04:05
--$ PT1H
--$ \N
select $1::interval, $1::interval + interval '1 hour';
select interval 'x';
select interval '1 dayish';
select interval '1 day' + 1;
select interval '1 day' * interval '1 day';
select interval '1 day' > 1;
select interval '1 day' + 'x';
select date '2021-01-01' + '1 day';
select timestamp '2021-01-01' + '1 day';
select date '2021-01-01' - '2020-01-01';
select now() - 1;

-- Intervals beside columns
create table ivl_job (id integer primary key, start timestamp, stop timestamp, d date, t time, days integer, note text);
insert into ivl_job values (1, '2021-01-31 10:00:00', '2021-02-01 12:30:00', '2021-01-31', '10:00:00', 1, 'a'), (2, '2020-02-28 23:59:59', '2020-03-01 00:00:00', '2020-02-29', '23:59:59', 30, 'b'), (3, null, '2021-01-01 00:00:00', null, null, null, null), (4, '1999-12-31 23:59:59.999999', '2000-01-01 00:00:00', '1999-12-31', '00:00:00', -1, '');
select id, start + interval '1 day', start - interval '1 day', start + interval '1 month', start - interval '1 year' from ivl_job order by id;
select id, start + interval '1 week', start + interval '90 minutes', start + interval '0.5 seconds', start + interval '1 mon 1 day 01:01:01' from ivl_job order by id;
select id, d + interval '1 day', d + interval '1 month', d - interval '1 year', (d + interval '1 month')::date from ivl_job order by id;
--! 0A000 IRIS has no intervals to compute with
select id, t + interval '1 hour', t - interval '1 hour' from ivl_job order by id;
select id, stop - start from ivl_job order by id;
select id, stop - start > interval '1 day' from ivl_job order by id;
select id from ivl_job where stop - start > interval '1 second' order by id;
select id from ivl_job where start + interval '1 day' < stop order by id;
select id from ivl_job where start > timestamp '2021-02-01' - interval '1 month' order by id;
select id from ivl_job where start < now() - interval '30 days' order by id;
select id from ivl_job where start >= current_date - interval '1 day' order by id;
select id, d + days, d - days from ivl_job order by id;
select id, extract(epoch from stop - start) from ivl_job order by id;
select id, extract(day from stop - start), extract(hour from stop - start) from ivl_job order by id;
--! 0A000 IRIS has no intervals to compute with
select id, age(stop, start) from ivl_job order by id;
--! 0A000 IRIS has no intervals to compute with
select sum(stop - start), avg(stop - start) from ivl_job;
select date_trunc('day', start) + interval '1 day' - interval '1 second' from ivl_job order by id;
select date_trunc('month', start) + interval '1 month' - interval '1 day' as last from ivl_job order by id;
select id from ivl_job order by stop - start, id;
update ivl_job set stop = start + interval '2 hours', d = d + interval '1 day' where id = 1 returning stop, d;
create table ivl_col (id integer primary key, i interval);
insert into ivl_col values (1, '1 day'), (2, '24 hours'), (3, '1 mon'), (4, null), (5, '-02:00:00');
select id from ivl_col where i = interval '1 day' order by id;
--! 0A000 IRIS has no intervals to compute with
select sum(i) from ivl_col;
drop table if exists ivl_job;
drop table if exists ivl_col;
