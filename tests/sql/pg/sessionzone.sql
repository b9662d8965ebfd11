-- Sessions whose zone is not UTC: literals, parameters, output, and what IRIS would compute in UTC.
create table sessionzone (id integer primary key, at timestamptz, plain timestamp, day date);
set timezone to 'Europe/Berlin';
show timezone;
insert into sessionzone values (1, '2024-01-15 12:00:00', '2024-01-15 12:00:00', '2024-01-15');
insert into sessionzone values (2, '2024-07-15 12:00:00.123456', '2024-07-15 12:00:00', '2024-07-15');
-- The hour that clocks leave out, and the one that they show twice.
insert into sessionzone values (3, '2024-03-31 02:30:00', null, null);
insert into sessionzone values (4, '2024-10-27 02:30:00', null, null);
insert into sessionzone values (5, '2024-10-27 02:30:00+02', null, null), (6, '2024-10-27 02:30:00+01', null, null);
--$ 7|2024-03-31 01:59:59
--$ 8|2024-10-27 02:59:59.999999
--$ 9|2024-10-27 00:30:00Z
insert into sessionzone (id, at) values ($1, $2);
-- Midnight of a date, and a timestamp without zone, are taken in the session's zone.
insert into sessionzone (id, at) values (10, date '2024-07-01');
insert into sessionzone (id, at) values (11, timestamp '2024-07-01 00:00:00');
--$ 12|2024-07-01 00:00:00
insert into sessionzone (id, at) values ($1, $2::timestamp);
--$ 13|2024-12-01
insert into sessionzone (id, at) values ($1, $2::date);
insert into sessionzone (id, day) values (14, timestamptz '2024-07-01 00:30:00');
insert into sessionzone (id, plain) values (15, timestamptz '2024-07-01 00:30:00+00');
select id, at, plain, day from sessionzone order by id;
select id, at from sessionzone where at = '2024-01-15 12:00:00';
select id, at from sessionzone where at = timestamptz '2024-01-15 12:00:00' order by id;
select id, at from sessionzone where at >= '2024-10-27 02:30:00' and at < '2024-10-27 03:00:00' order by id;
select id from sessionzone where at in ('2024-01-15 12:00:00', '2024-07-15 10:00:00.123456+00') order by id;
select id from sessionzone where at between '2024-03-31 01:59:59' and '2024-03-31 03:30:00' order by id;
--$ 2024-07-01 00:00:00
--$ 2024-06-30 22:00:00+00
--$ 2024-10-27 02:30:00
select id, at from sessionzone where at = $1 order by id;
--$ 2024-07-01
select id, at from sessionzone where at = $1::timestamptz order by id;
select timestamptz '2024-03-31 02:30:00', timestamptz '2024-10-27 02:30:00';
select '2024-07-01'::timestamptz, '2024-07-01 12:00'::text::timestamptz;
--$ 2024-03-31 02:30:00
--$ 2024-10-27 02:30:00
--$ 2024-10-27 02:30:00 America/New_York
--$ \N
select $1::timestamptz;
select timestamp '2024-03-31 02:30:00', date '2024-03-31', time '02:30';
select at, count(*) from sessionzone group by at having count(*) > 1 order by at;
select min(at), max(at), count(at) from sessionzone;
select distinct at from sessionzone where id in (4, 6, 5) order by at desc;
select id, at - timestamptz '2024-01-15 12:00:00' from sessionzone where id in (1, 2) order by id;
select coalesce(at, '2024-06-01 00:00:00') from sessionzone where id in (1, 14) order by id;
select case when id = 1 then at else '2024-06-01 12:00:00' end from sessionzone where id < 3 order by id;
select greatest(at, '2024-07-15 12:00:00') from sessionzone where id < 3 order by id;
select nullif(at, '2024-01-15 12:00:00') from sessionzone where id < 3 order by id;
select at from sessionzone where id = 1 union select at from sessionzone where id = 2 order by 1;
select id, at + interval '90 minutes', at - interval '1 hour' from sessionzone where id in (3, 5) order by id;
update sessionzone set at = '2024-08-01 08:00:00' where id = 10 returning at;
delete from sessionzone where at = '2024-08-01 08:00:00' returning id, at;
insert into sessionzone (id, at) select 16, at from sessionzone where id = 1 returning at;
insert into sessionzone (id, at) values (17, '2024-09-01 10:00') on conflict (id) do update set at = '2024-09-02 10:00';
insert into sessionzone (id, at) values (17, '2024-09-01 10:00') on conflict (id) do update set at = '2024-09-02 10:00' returning at;
select now() = current_timestamp, now() = transaction_timestamp(), now() > '2024-01-01 00:00:00';
select a.id, b.id from sessionzone a join sessionzone b on a.at = b.at and a.id < b.id order by 1, 2;
select row_number() over (order by at, id), id from sessionzone where id < 5 order by id;
--< 2024.1 0A000 lag came with that release
select lag(at) over (order by id) from sessionzone where id < 4 order by id;
--! 0A000 IRIS would take the date of UTC
select at::date from sessionzone where id = 1;
--! 0A000 IRIS would take the clock of UTC
select at::timestamp from sessionzone where id = 1;
--! 0A000 IRIS would take the clock of UTC
select at::time from sessionzone where id = 1;
--! 0A000 IRIS would show it in UTC
select at::text from sessionzone where id = 1;
--! 0A000 IRIS would show it in UTC
select 'at ' || at from sessionzone where id = 1;
--! 0A000 IRIS would show it in UTC
select concat('at ', at) from sessionzone where id = 1;
--! 0A000 IRIS would take it as UTC
select plain::timestamptz from sessionzone where id = 1;
--! 0A000 IRIS would take it as UTC
select id from sessionzone where at = plain order by id;
--! 0A000 IRIS would take it as UTC
select id from sessionzone where at > date '2024-06-01' order by id;
--! 0A000 IRIS would take it as UTC
select id from sessionzone where at in (timestamp '2024-01-15 12:00:00') order by id;
--! 0A000 IRIS would take it as UTC
select id from sessionzone where at between date '2024-06-01' and date '2024-08-01' order by id;
--! 0A000 IRIS would take it as UTC
select id from sessionzone where plain = any (select at from sessionzone) order by id;
--! 0A000 IRIS would take the hour of UTC
select extract(hour from at) from sessionzone where id = 1;
--! 0A000 IRIS would take the hour of UTC
select date_part('hour', at) from sessionzone where id = 1;
--! 0A000 IRIS would take the day of UTC
select date_trunc('day', at) from sessionzone where id = 1;
--! 0A000 IRIS would show it in UTC
select to_char(at, 'YYYY-MM-DD HH24:MI') from sessionzone where id = 1;
--! 0A000 a day is not always 24 hours
select at + interval '1 day' from sessionzone where id = 3;
--! 0A000 a day is not always 24 hours
select at - interval '1 month' from sessionzone where id = 3;
--! 0A000 IRIS would take it as UTC
insert into sessionzone (id, at) select 20, plain from sessionzone where id = 1;
--! 0A000 IRIS would take the clock of UTC
update sessionzone set plain = at where id = 1;
--! 0A000 IRIS would take the clock of UTC
select * from (select at::date as day from sessionzone) x order by day limit 1;
--! 0A000 IRIS would take the clock of UTC
with x as (select at::date as day from sessionzone) select * from x order by day limit 1;
--! 0A000 IRIS would take it as UTC
select id from sessionzone where exists (select 1 from sessionzone y where y.plain = sessionzone.at);
--! 0A000 IRIS would take it as UTC
select plain from sessionzone where id = 1 union select at from sessionzone where id = 1;
select extract(hour from plain), plain::date, to_char(plain, 'HH24'), date_trunc('day', plain), plain + interval '1 day' from sessionzone where id = 1;
set time zone 'America/New_York';
select id, at from sessionzone where id < 5 order by id;
select timestamptz '2024-03-10 02:30:00', timestamptz '2024-11-03 01:30:00';
set time zone -7;
show timezone;
select id, at from sessionzone where id < 3 order by id;
set time zone 5.5;
show timezone;
select id, at from sessionzone where id < 3 order by id;
set time zone interval '-03:30' hour to minute;
show timezone;
select at, timestamptz '2024-01-15 12:00:00' from sessionzone where id = 1;
set timezone to 'asia/kathmandu';
show timezone;
select at, timestamptz '1970-01-01 00:00:00' from sessionzone where id = 1;
set timezone to '<+02>-02';
show timezone;
select at from sessionzone where id = 1;
set timezone to 'GMT';
show timezone;
select at, at::date, extract(hour from at) from sessionzone where id = 1;
set time zone local;
set timezone to 'Europe/Nowhere';
set timezone to 'Europe/Berlin';
create view sessionzone_moments as select id, at from sessionzone;
select * from sessionzone_moments where id < 3 order by id;
drop view sessionzone_moments;
--! 0A000 readers of the view may have another zone
create view sessionzone_days as select id, at::date as day from sessionzone;
set timezone to default;
--! 0A000 readers of the view may have another zone
create view sessionzone_days as select id, at::date as day from sessionzone;
select at::date, extract(hour from at), at from sessionzone where id in (1, 2) order by id;
--! 42P01 the view is refused, so there is nothing to be dropped
drop view sessionzone_days;
drop table sessionzone;
