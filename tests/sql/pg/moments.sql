-- Dates and times.
create table day (id integer primary key, d date, ts timestamp, tm time);
insert into day values (1, '2021-03-04', '2021-03-04 05:06:07', '05:06:07'), (2, '2020-02-29', '2020-02-29 23:59:59.5', '23:59:59'), (3, null, null, null), (4, '2000-01-01', '1999-12-31 00:00:00', '00:00:00'), (5, '2021-01-03', '2026-12-31 12:00:00', '12:30:00'), (6, '1890-05-31', '1850-10-31 01:02:03', '01:00:00');

-- Fields
select id, extract(year from d), extract(month from d), extract(day from d), extract(quarter from d) from day order by id;
select id, extract(dow from d), extract(isodow from d), extract(doy from d), extract(week from d), extract(isoyear from d), extract(epoch from d) from day order by id;
select id, extract(year from ts), extract(month from ts), extract(hour from ts), extract(minute from ts), extract(week from ts), extract(dow from ts) from day order by id;
select id, extract(hour from tm), extract(minute from tm) from day order by id;
select id, date_part('year', d), date_part('dow', ts), date_part('hour', tm), date_part('hour', d) from day order by id;
select extract(week from date '2021-01-03'), extract(week from date '2020-12-31'), extract(week from date '2024-12-30'), extract(isoyear from date '2024-12-30');
select extract(hour from d) from day;
select extract(year from tm) from day;
select id from day where extract(year from d) = 2021 order by id;
select extract(year from d) as y, count(*) from day group by extract(year from d) order by y;
select extract(second from ts) from day where id = 2;
select extract(epoch from ts) from day where id = 2;

-- Truncation
select id, date_trunc('year', ts), date_trunc('quarter', ts), date_trunc('month', ts), date_trunc('week', ts), date_trunc('day', ts) from day order by id;
select id, date_trunc('hour', ts), date_trunc('minute', ts), date_trunc('second', ts) from day order by id;
select id, date_trunc('month', d) from day order by id;
select date_trunc('month', ts) as m, count(*) from day where id < 3 group by date_trunc('month', ts) order by m;

-- Days
select id, d + 1, d - 1, 2 + d, d - id from day order by id;
select id, d - date '2021-01-01', date '2021-03-01' - d, d + 1 - d from day order by id;
select id, d - '2020-01-01' from day where id = 1;
select id from day where d + 7 > date '2021-01-05' order by id;
select date '2021-03-01' - date '2021-02-01' as days;
--$ 2021-01-01
--$ \N
select id, d - $1 from day where id = 1;

-- Intervals
select id, d + interval '1 day', d - interval '1 month', d + interval '1 year' from day order by id;
select id, ts + interval '1 hour 30 minutes', ts - interval '2 weeks', ts + interval '36:00:00' from day order by id;
select ts + interval '1 day', ts - '1 day'::interval, ts + interval '1' month from day where id = 1;
select date '2021-01-31' + interval '1 month', date '2020-01-31' + interval '1 month', date '2020-02-29' + interval '1 year', date '2021-03-31' - interval '1 month';
select timestamp '2021-01-31 10:20:30' + interval '1 month 1 day', timestamp '2021-12-31 23:59:59' + interval '1 second', timestamp '2021-03-31 10:00:00' - interval '13 months';
select id from day where ts > timestamp '2021-03-04 05:06:07' - interval '1 second' order by id;
select id from day where ts < d + interval '1 day' order by id;
select now() - interval '1 day' < now(), now() + interval '1 month' > now();
select current_date - 1 < current_date, current_date + 1 - current_date;
select ts - ts from day where id = 1;
select interval '1 day';
--! 0A000 intervals are no values
select age(d) from day where id = 1;

-- Made and shown
select make_date(2021, 3, 4), make_date(2020, 2, 29);
select make_date(2021, 2, 30);
select id, to_char(ts, 'YYYY-MM-DD HH24:MI:SS'), to_char(d, 'DD.MM.YYYY'), to_char(ts, 'YYYYMMDD') from day order by id;
--! 0A000 names go by the locale of IRIS
select to_char(d, 'Mon YYYY') from day where id = 1;
--! 0A000 PostgreSQL reads more forms than IRIS
select to_date('04 Mar 2021', 'DD Mon YYYY');
drop table day;
