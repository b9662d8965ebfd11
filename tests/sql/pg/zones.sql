-- Timestamps with a zone: values first, then columns.
set time zone 'UTC';
show timezone;
select timestamptz '2021-06-01 12:00:00+02', timestamptz '2021-06-01 12:00:00', timestamptz '2021-06-01 12:00:00Z', timestamptz '2021-06-01 12:00:00-05:30';
select timestamptz '2021-06-01', timestamptz '2021-06-01 12:00', timestamptz '2021-06-01T12:00:00.5+00:00', timestamptz '2021-06-01 12:00:00.123456789+00';
select timestamptz '2021-06-01 12:00:00 Europe/Berlin', timestamptz '2021-01-01 12:00:00 America/New_York';
select '2021-06-01 12:00:00+02'::timestamptz::timestamp, '2021-06-01 12:00:00+02'::timestamptz::date, '2021-06-01 12:00:00'::timestamp::timestamptz, '2021-06-01'::date::timestamptz;
select timestamp '2021-06-01 12:00:00+02', '2021-06-01 12:00:00+02'::timestamp, '2021-06-01 23:00:00-05'::date;
select '2021-06-01 12:00:00+02'::timestamptz::text, cast('2021-06-01 00:00:00+00' as timestamp with time zone)::text;
select timestamptz '2021-06-01 12:00:00+02' at time zone 'UTC', timestamp '2021-06-01 12:00:00' at time zone 'UTC';
--! 0A000 IRIS knows no zones but its own
select timestamptz '2021-06-01 12:00:00+02' at time zone 'Europe/Berlin', timestamp '2021-06-01 12:00:00' at time zone 'Europe/Berlin';
--! 0A000 IRIS knows no zones but its own
select timestamptz '2021-06-01 12:00:00+02' at time zone '+03', timestamp '2021-06-01 12:00:00' at time zone interval '-03:00';
--! 0A000 IRIS knows no zones but its own
select timezone('America/New_York', timestamptz '2021-06-01 12:00:00+00'), timezone('America/New_York', timestamp '2021-06-01 12:00:00');
select timestamptz '2021-06-01 12:00:00+02' = timestamptz '2021-06-01 10:00:00+00', timestamptz '2021-06-01 12:00:00+02' < timestamptz '2021-06-01 11:00:00+00';
select timestamptz '2021-06-01 12:00:00+02' = timestamp '2021-06-01 10:00:00', timestamptz '2021-06-01 00:00:00+00' = date '2021-06-01', timestamptz '2021-06-01 12:00:00+02' > date '2021-06-01';
select extract(hour from timestamptz '2021-06-01 12:00:00+02'), extract(day from timestamptz '2021-06-01 00:30:00+02'), extract(epoch from timestamptz '2021-06-01 12:00:00+02');
--! 0A000 the field is not translated
select extract(timezone from timestamptz '2021-06-01 12:00:00+02');
select date_trunc('day', timestamptz '2021-06-01 00:30:00+02'), date_trunc('month', timestamptz '2021-06-01 00:30:00+02'), date_trunc('hour', timestamptz '2021-06-01 12:34:56+05:30');
select timestamptz '2021-06-01 12:00:00+02' + interval '1 day', timestamptz '2021-01-31 12:00:00+00' + interval '1 month', timestamptz '2021-06-01 12:00:00+02' - interval '90 minutes';
select timestamptz '2021-06-02 12:00:00+02' - timestamptz '2021-06-01 10:00:00+00';
select to_char(timestamptz '2021-06-01 12:00:00+02', 'YYYY-MM-DD HH24:MI:SS');
--! 0A000 IRIS knows no zones but its own
select date_trunc('day', timestamptz '2021-06-01 23:30:00+00', 'Europe/Berlin');
select timestamptz 'epoch', timestamptz '0001-01-01 00:00:00+00', timestamptz '9999-12-31 23:59:59.999999+00';
--! 0A000 IRIS has no such value
select timestamptz 'infinity', timestamptz '-infinity';
--! 0A000 not in the table of functions
select make_timestamptz(2021, 6, 1, 12, 0, 0, 'Europe/Berlin'), to_timestamp(1622541600), to_timestamp(0.5);
select now() = current_timestamp, now() = transaction_timestamp(), current_timestamp::date = current_date, now()::timestamp = localtimestamp;
select now() - now() = interval '0', now() > timestamptz '2020-01-01', now() at time zone 'UTC' > timestamp '2020-01-01';
--$ 2021-06-01 12:00:00+02
--$ 2021-06-01 12:00:00
--$ 2021-06-01
--$ \N
select $1::timestamptz, $1::timestamptz at time zone 'UTC';
--! 0A000 IRIS knows no zones but its own
--$ 2021-06-01 12:00:00+02|UTC
--$ 2021-06-01 12:00:00+02|Asia/Kolkata
select $1::timestamptz at time zone $2;

set time zone 'Europe/Berlin';
show timezone;
select timestamptz '2021-06-01 12:00:00+00', timestamptz '2021-01-01 12:00:00+00', timestamptz '2021-06-01 12:00:00';
--! 0A000 IRIS knows no zones but its own
select timestamptz '2021-06-01 23:00:00+00'::date, timestamptz '2021-06-01 23:00:00+00'::timestamp, timestamp '2021-06-01 12:00:00'::timestamptz, date '2021-06-01'::timestamptz;
select timestamptz '2021-03-28 01:59:59', timestamptz '2021-03-28 02:30:00', timestamptz '2021-03-28 03:00:00';
select timestamptz '2021-10-31 01:59:59', timestamptz '2021-10-31 02:30:00', timestamptz '2021-10-31 03:00:00';
select timestamptz '2021-10-31 00:30:00+00', timestamptz '2021-10-31 01:30:00+00';
--! 0A000 IRIS knows no zones but its own
select timestamptz '2021-03-27 12:00:00' + interval '1 day';
select timestamptz '2021-03-27 12:00:00' + interval '24 hours', timestamptz '2021-03-28 12:00:00' - timestamptz '2021-03-27 12:00:00';
--! 0A000 IRIS knows no zones but its own
select date_trunc('day', timestamptz '2021-06-01 22:30:00+00'), date_trunc('month', timestamptz '2021-05-31 22:30:00+00'), extract(hour from timestamptz '2021-06-01 22:30:00+00');
select timestamptz '2021-06-01 12:00:00+00' at time zone 'UTC', timestamp '2021-06-01 12:00:00' at time zone 'UTC';
--! 0A000 IRIS knows no zones but its own
select timestamp '2021-06-01 12:00:00' at time zone 'America/New_York';
--! 0A000 IRIS knows no zones but its own
select timestamptz '2021-06-01 12:00:00' = timestamp '2021-06-01 12:00:00', timestamptz '2021-06-01 00:00:00' = date '2021-06-01';
select timestamptz '1900-01-01 00:00:00+00', timestamptz '1945-06-01 00:00:00+00', timestamptz '2050-07-01 00:00:00+00';
--! 0A000 IRIS knows no zones but its own
select to_char(timestamptz '2021-06-01 12:00:00+00', 'YYYY-MM-DD HH24:MI:SS'), (timestamptz '2021-06-01 12:00:00+00')::text;
set time zone 'America/St_Johns';
select timestamptz '2021-06-01 12:00:00+00', timestamptz '2021-01-01 12:00:00+00';
set timezone to 'Asia/Kolkata';
select timestamptz '2021-06-01 12:00:00+00';
--! 0A000 IRIS knows no zones but its own
select extract(timezone_hour from timestamptz '2021-06-01 12:00:00+00'), extract(timezone_minute from timestamptz '2021-06-01 12:00:00+00');
show timezone;
select timestamptz '2021-06-01 12:00:00+00';
set time zone interval '+02:00' hour to minute;
show timezone;
select timestamptz '2021-06-01 12:00:00+00';
set time zone 5;
show timezone;
select timestamptz '2021-06-01 12:00:00+00';

set time zone 'UTC';
set time zone 'Nowhere/Place';
set time zone 'UTC';
select timestamptz '2021-02-30 12:00:00+00';
select timestamptz '2021-06-01 25:00:00+00';
select timestamptz '2021-06-01 12:00:00+99';
select timestamptz '2021-06-01 12:00:00 Nowhere/Place';
select timestamptz 'yesterdayish';
--! 0A000 IRIS knows no zones but its own
select timestamptz '2021-06-01' at time zone 'Nowhere/Place';

-- Columns
create table zon_event (id integer primary key, at timestamptz, local timestamp, d date);
insert into zon_event values (1, '2021-06-01 12:00:00+02', '2021-06-01 12:00:00', '2021-06-01');
insert into zon_event values (2, '2021-06-01 10:00:00+00', '2021-06-01 10:00:00', '2021-06-02');
insert into zon_event values (3, null, null, null);
insert into zon_event values (4, '2021-01-01 00:00:00', '2021-01-01 00:00:00', '2021-01-01');
insert into zon_event values (5, '2020-12-31 23:30:00-05', '2020-12-31 23:30:00.25', '2020-12-31');
select * from zon_event order by id;
select id from zon_event where at = '2021-06-01 12:00:00+02' order by id;
select id from zon_event where at = timestamptz '2021-06-01 10:00:00Z' order by id;
select id from zon_event where at > '2021-01-01' order by id;
select id from zon_event where at between '2021-01-01 00:00:00+00' and '2021-01-01 04:30:00+00' order by id;
select id from zon_event where at::date = '2021-01-01' order by id;
select id from zon_event where at = local order by id;
select id from zon_event where at > local order by id;
select id from zon_event where at < d order by id;
select id from zon_event where at in ('2021-06-01 12:00:00+02', '2021-01-01 00:00:00+00') order by id;
select id, at from zon_event order by at desc nulls last, id;
select at, count(*) from zon_event group by at order by at;
select distinct at from zon_event order by at;
select min(at), max(at), count(at) from zon_event;
select id, at + interval '1 hour', at - interval '1 day', at + interval '1 month' from zon_event order by id;
select id, at at time zone 'UTC' from zon_event order by id;
--! 0A000 IRIS knows no zones but its own
select id, at at time zone 'Europe/Berlin' as local from zon_event order by id;
select id, extract(year from at), extract(hour from at), date_trunc('day', at), date_trunc('month', at) from zon_event order by id;
select date_trunc('day', at at time zone 'UTC') as day, count(*) from zon_event group by 1 order by 1;
select extract(year from at at time zone 'UTC') as y, count(*) from zon_event group by 1 order by 1;
select id, at::date, at::timestamp from zon_event order by id;
--! 0A000 IRIS has no intervals to compute with
select id, at::time from zon_event order by id;
select id, at::text from zon_event order by id;
select id, coalesce(at, timestamptz '2000-01-01 00:00:00+00') from zon_event order by id;
select id, at - timestamptz '2021-01-01 00:00:00+00' from zon_event order by id;
--$ 2021-06-01 12:00:00+02
--$ 2021-06-01 10:00:00
--$ \N
select id from zon_event where at = $1 order by id;
--$ 6|2021-07-01 00:00:00+05:30
--$ 7|\N
insert into zon_event (id, at) values ($1, $2) returning id, at;
update zon_event set at = at + interval '1 day' where id = 6 returning at;
update zon_event set at = local where id = 4 returning at;
update zon_event set local = at where id = 5 returning local;
insert into zon_event (id, at) values (8, '2021-02-30 00:00:00+00');
insert into zon_event (id, at) values (9, '0001-01-01 00:00:00+00'), (10, '1840-12-31 00:00:00+00'), (11, '9999-12-31 23:59:59.999999+00') returning at;
set time zone 'UTC';
select id, at from zon_event where id > 19 order by id;
select id, at from zon_event where id < 7 order by id;
set time zone 'Europe/Berlin';
select id, at from zon_event where id < 7 order by id;
select id from zon_event where at = '2021-06-01 12:00:00' order by id;
--! 0A000 IRIS knows no zones but its own
select id from zon_event where at::date = '2021-06-01' order by id;
--! 0A000 IRIS knows no zones but its own
select id from zon_event where at > local order by id;
--! 0A000 IRIS knows no zones but its own
select id, at::timestamp, date_trunc('day', at), extract(hour from at) from zon_event where id < 7 order by id;
insert into zon_event (id, at) values (20, '2021-03-28 02:30:00'), (21, '2021-10-31 02:30:00'), (22, '2021-07-01 00:00:00') returning id, at;
insert into zon_event (id, at) values (23, timestamp '2021-07-01 00:00:00'), (24, date '2021-07-01') returning id, at;
set time zone 'UTC';
select id, at from zon_event where id > 19 order by id;
reset timezone;

-- Changes that are refused
--! 0A000 IRIS has no such value
insert into zon_event (id, at) values (8, 'infinity');
drop table if exists zon_event;
