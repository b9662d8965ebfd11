-- Types whose values are not kept as they are shown.

-- char(n)
create table kind_char (id integer primary key, c char(6) default 'new  ', d char, v varchar(6), t text);
insert into kind_char values (1, 'ab', 'x', 'ab', 'ab'), (2, 'ab   ', ' ', 'ab  ', 'ab   '), (3, ' a ', 'y', ' a ', ' a '), (4, '', '', '', ''), (5, null, null, null, null), (6, 'abcdef   ', 'ä', 'äöü', 'abcdef');
--$ 7|zz |q|zz |zz 
--$ 8|日本|語|日本|日本 
insert into kind_char values ($1, $2, $3, $4, $5);
insert into kind_char (id, v) values (9, 'dflt');
select * from kind_char order by id;
select c from kind_char where id = 1;
select id from kind_char where c = 'ab   ' order by id;
select id from kind_char where c = 'ab' order by id;
select id from kind_char where 'ab' = c or c in ('zz  ', ' a') order by id;
--$ ab
--$ ab    
--$  ab
--$ \N
select id from kind_char where c = $1 order by id;
--$ {ab ,zz}
--$ {"ab   "}
select id from kind_char where c = any($1) order by id;
select id from kind_char where c between 'a' and 'ab ' order by id;
select id from kind_char where c = t order by id;
select id from kind_char where c = v order by id;
select id from kind_char where c is distinct from 'ab ' order by id;
select id, length(c), char_length(d), upper(c), c || '|', c::text || '|', c::varchar(3) || '|' from kind_char order by id;
select id, substring(c, 1, 2), left(c, 3), trim(c), replace(c, 'a', 'b'), position('b' in c) from kind_char order by id;
select c, count(*) from kind_char group by c order by c;
select distinct c from kind_char order by c desc;
select id from kind_char order by c, id;
select c from kind_char where id = 1 union select c from kind_char where id = 2;
select a.id, b.id from kind_char a join kind_char b on a.c = b.c where a.id < b.id order by 1, 2;
select min(c)::text, max(c)::char(6), count(distinct c) from kind_char;
select coalesce(c, 'none')::text, case when c = 'ab' then c else d end::char(8) from kind_char order by id;
select 'ab'::char(5), 'abcdef'::char(3), 'x'::char, 'ab   '::char(5) = 'ab', cast('a b ' as char(4)) || '|';
--$ abc
--$ a    
select $1::char(4), $1::char(4) || '|', length($1::char(8));
select t::char(3), v::char(8), c::char(2), id::char(3), t::char(3) || '|' from kind_char order by id;
select id from kind_char where c like 'a%' order by id;
select id from kind_char where c like '%b%' order by id;
select id from kind_char where c not like 'ab%' order by id;
update kind_char set c = 'abc   ' where id = 1 returning id, c, length(c);
update kind_char set c = t where id in (2, 3) returning id, c;
update kind_char set c = v || ' ' where id = 3;
update kind_char set t = c, v = c where id = 2 returning t || '|', v || '|';
insert into kind_char (id, c, d) select id + 20, t, ' ' from kind_char where id < 4;
select id, c, length(c), d, length(d) from kind_char where id > 20 order by id;
insert into kind_char (id, c) values (30, 'abcdefg');
insert into kind_char (id, d) values (30, 'xy');
--$ 30|abcdefg  
insert into kind_char (id, c) values ($1, $2);
insert into kind_char (id, c) values (30, 'abcdef' || '  ');
--! 0A000 the blanks at the end are not there for IRIS
select id from kind_char where c like 'ab' order by id;
--! 0A000 the blanks at the end are not there for IRIS
select id from kind_char where c ~ 'b$' order by id;
--! 0A000 the blanks at the end are not there for IRIS
select concat(c, '|') from kind_char;
--! 0A000 the length of the result is not known
select min(c) from kind_char;
--! 0A000 the length of the result is not known
select coalesce(c, 'none') from kind_char;
--! 0A000 the length of the result is not known
select 'ab  '::bpchar;
--! 0A000 a column needs a length
create table kind_blank (c bpchar);
create table kind_char_unique (c char(4) primary key);
insert into kind_char_unique values ('a');
insert into kind_char_unique values ('a  ');
select * from kind_char_unique;
create view kind_char_view as select id, c, c || '|' as more from kind_char;
select * from kind_char_view order by id;

-- Moments, moved by intervals that are no constants
create table kind_moment (id integer primary key, ts timestamp, at timestamptz, d date, n integer, i interval);
insert into kind_moment values (1, '2021-03-04 05:06:07.5', '2021-03-04 05:06:07.25+00', '2021-01-31', 3, '1 mon 2 days 03:04:05'), (2, '2020-02-29 23:59:59', '2020-02-29 23:59:59+00', '2020-02-29', -1, '-1 day'), (3, null, null, null, null, null), (4, '1970-01-01', '1970-01-01 00:00:00+00', '2024-12-31', 0, '1.5 seconds'), (5, '2021-12-31 00:00:00.000001', '1999-12-31 23:59:59.999999+00', '2024-01-30', 1, '-1 mons +3 days -00:00:00.000001');
select id, ts + n * interval '1 day', at - n * interval '1 hour', ts + interval '1.5 seconds' * n from kind_moment order by id;
select id, d + n * interval '1 day', d + n * interval '1 month', d - interval '1 year 1 day' * n from kind_moment order by id;
--$ 5
--$ -3
--$ \N
select id, d + $1 * interval '1 day', ts - interval '2 hours' * $1 from kind_moment order by id;
--! 0A000 a day has no fraction that IRIS adds
--$ 0.5
select id, d + $1 * interval '1 day' from kind_moment order by id;
--$ 1 day
--$ 1 mon -2 days 00:00:01.5
--$ -13 mons
--$ \N
select id, ts + $1::interval, d - $1::interval, $1::interval + at from kind_moment order by id;
select id, ts + i, d - i, at + i from kind_moment order by id;
--$ 3 days
select id from kind_moment where at < timestamptz '2021-03-05' + $1 order by id;
select id, ts + (n || ' days')::interval, d - (n::text || ' months')::interval from kind_moment order by id;
select id, (ts + n * interval '1 day')::date, date_trunc('month', ts + i), extract(day from d + i) from kind_moment order by id;
select id from kind_moment where ts + i > timestamp '2000-01-01' and d + n * interval '1 month' < date '2025-01-01' order by id;
update kind_moment set ts = ts + i, d = d + n * interval '1 day' where id = 1 returning ts, d;
select interval '1 day' + interval '2 hours', interval '1 day' * 3, interval '1 month' - interval '1 day', 2 * interval '1 hour', -interval '1 day 1 hour';
select timestamp '2021-01-31' + (interval '1 month' + interval '1 day'), date '2021-03-31' - (interval '1 day' - interval '1 month');
select id, to_timestamp(n), to_timestamp(n * 86400) from kind_moment order by id;
select to_timestamp(1600000000), to_timestamp(-1);
--$ 1600000000
select to_timestamp($1);
--! 0A000 intervals are put together from constants only
select i + interval '1 day' from kind_moment;
--! 0A000 IRIS multiplies only what is a constant
select n * interval '1 day' from kind_moment;
--! 0A000 a fraction of a second would have to be read
select to_timestamp(1.5);
set timezone to 'Europe/Berlin';
select id, ts + n * interval '1 day', ts + i from kind_moment order by id;
select to_timestamp(1600000000);
--! 0A000 days are as long as the zone wants
select id, at + n * interval '1 day' from kind_moment;
set timezone to 'UTC';

-- timestamp(n)
create table kind_digits (id integer primary key, a timestamp(3), b timestamp(0), c timestamptz(3), d timestamp(0) with time zone not null);
insert into kind_digits values (1, '2021-03-04 05:06:07.123456', '2021-12-31 23:59:59.5', '2021-03-04 05:06:07.1235+02', '2021-03-04 05:06:07.5');
insert into kind_digits values (2, '1999-03-04 05:06:07.1235', '1999-12-31 23:59:59.5', '1969-12-31 23:59:59.9999', '1999-12-31 23:59:59.499999'), (3, null, null, null, '2021-03-04');
--$ 4|2021-03-04 05:06:07.9995|2021-03-04 05:06:07.9|2021-03-04 05:06:07.0004999|2021-03-04 05:06:07.6
insert into kind_digits values ($1, $2, $3, $4, $5);
select * from kind_digits order by id;
select a from kind_digits where id = 1;
select id from kind_digits where a = '2021-03-04 05:06:07.123';
--$ 2021-03-04 05:06:07.123
select id from kind_digits where a = $1;
select id from kind_digits where a < b order by id;
select max(a), min(c), count(distinct b) from kind_digits;
select a::date, extract(year from b), date_trunc('minute', a), b + interval '1 day', b - a from kind_digits where id = 1;
select coalesce(a, b), coalesce(b, b), a::timestamp, a::text from kind_digits order by id;
update kind_digits set a = '2021-01-01 00:00:00.0006', c = c where id = 3 returning a, c;
insert into kind_digits (id, a, d) select id + 10, b, d from kind_digits where id < 3;
select id, a, d from kind_digits where id > 10 order by id;
select a::timestamp(6), '2021-01-01 00:00:00'::timestamp::timestamp(6) from kind_digits where id = 1;
--! 0A000 IRIS would have to round it
select a::timestamp(0) from kind_digits;
