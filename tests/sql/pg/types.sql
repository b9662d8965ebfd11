-- Every type of column: its extremes, read back, ordered, grouped, compared, and what it refuses.
create table typ_int2 (id integer primary key, x smallint);
insert into typ_int2 values (1, 32767);
insert into typ_int2 values (2, -32768);
insert into typ_int2 values (3, 0);
insert into typ_int2 values (4, null);
insert into typ_int2 values (5, '12');
insert into typ_int2 values (6, 1.5);
insert into typ_int2 values (7, 2.5);
insert into typ_int2 values (8, ' 7 ');
insert into typ_int2 values (9, 32768);
insert into typ_int2 values (9, 'x');
select * from typ_int2 order by x, id;
select x, count(*) from typ_int2 group by x order by x desc;
select id from typ_int2 where x = 2 order by id;
select id from typ_int2 where x > '7' order by id;
select sum(x), min(x), max(x), count(x), count(distinct x) from typ_int2;
--$ 32767
--$ -1
--$ 40000
select id from typ_int2 where x = $1;
create table typ_int4 (id integer primary key, x integer);
insert into typ_int4 values (1, 2147483647);
insert into typ_int4 values (2, -2147483648);
insert into typ_int4 values (3, 0);
insert into typ_int4 values (4, null);
insert into typ_int4 values (5, -0);
insert into typ_int4 values (6, 0.5);
insert into typ_int4 values (7, 1e3);
insert into typ_int4 values (8, 0012);
insert into typ_int4 values (9, 2147483648);
insert into typ_int4 values (9, '2147483648');
select * from typ_int4 order by x nulls first, id;
select x, count(*) from typ_int4 group by x order by x;
select id from typ_int4 where x between -1 and 1 order by id;
select sum(x), min(x), max(x), avg(x) from typ_int4 where id in (3, 7, 8);
create table typ_int8 (id integer primary key, x bigint);
insert into typ_int8 values (1, 9223372036854775807);
insert into typ_int8 values (3, 0);
insert into typ_int8 values (4, null);
insert into typ_int8 values (5, 9007199254740993);
insert into typ_int8 values (6, -1.5);
select * from typ_int8 order by x, id;
select id from typ_int8 where x = 9223372036854775807 or x = 9007199254740993 order by id;
select id from typ_int8 where x = 9007199254740992 order by id;
select x, count(*) from typ_int8 group by x order by x;
select min(x), max(x) from typ_int8;
--$ 9223372036854775807
--$ 9007199254740993
select id, x from typ_int8 where x = $1;
create table typ_num (id integer primary key, x numeric(18,4), y numeric(5), z numeric(6,6));
insert into typ_num values (1, 99999999999999.9999, 99999, 0.999999);
insert into typ_num values (2, -99999999999999.9999, -99999, -0.999999);
insert into typ_num values (3, 0, 0, 0);
insert into typ_num values (4, null, null, null);
insert into typ_num values (5, 1.00005, 1.5, 0.0000005);
insert into typ_num values (6, 1.00004, 2.5, 0.0000004);
insert into typ_num values (7, '1e3', '1e3', '1e-3');
insert into typ_num values (9, 100000000000000, null, null);
insert into typ_num values (9, null, 100000, null);
insert into typ_num values (9, null, 99999.5, null);
insert into typ_num values (9, null, null, 1);
insert into typ_num values (9, 'x', null, null);
select id, x, y, z from typ_num where id < 8 order by id;
select id from typ_num where id < 8 order by x, id;
select x, count(*) from typ_num where id < 8 group by x order by x;
select id from typ_num where x = 1.0001 order by id;
select id from typ_num where x = 99999999999999.9999 order by id;
--! 22003 IRIS may lose digits on the way to a sum of such numbers, though they cancel out in the end
select sum(x), min(x), max(x), sum(y), sum(z) from typ_num where id < 8;
--$ 99999999999999.9999
--$ 1000
--$ 1e3
select id, x from typ_num where x = $1;
--! 0A000 IRIS's numbers have 18 digits and a fixed scale
create table typ_free (id integer primary key, x numeric);
create table typ_f8 (id integer primary key, x double precision);
insert into typ_f8 values (1, 1.5);
insert into typ_f8 values (2, 0.1);
insert into typ_f8 values (3, 1e100);
insert into typ_f8 values (4, 1e-100);
insert into typ_f8 values (5, null);
insert into typ_f8 values (6, 0);
insert into typ_f8 values (7, -1e15);
insert into typ_f8 values (8, 123456789.123456789);
insert into typ_f8 values (9, 3);
insert into typ_f8 values (10, '1e3');
insert into typ_f8 values (13, 'Infinity');
insert into typ_f8 values (14, '1e309');
insert into typ_f8 values (14, 'x');
select * from typ_f8 where id < 11 order by x, id;
select id from typ_f8 where x = 0.1 or x = 1e100 order by id;
select x, count(*) from typ_f8 where id < 11 group by x order by x;
select sum(x), min(x), max(x), avg(x) from typ_f8 where id in (1, 6, 9);
--$ 0.1
--$ 1e100
select id, x from typ_f8 where x = $1;
create table typ_f4 (id integer primary key, x real);
insert into typ_f4 values (1, 1.5);
insert into typ_f4 values (2, 0.1);
insert into typ_f4 values (3, 1e30);
insert into typ_f4 values (4, null);
insert into typ_f4 values (5, 16777217);
insert into typ_f4 values (6, 123456.789);
insert into typ_f4 values (7, 0.333333333);
select * from typ_f4 order by x, id;
select id from typ_f4 where x = 0.1 order by id;
select id from typ_f4 where x = 0.1::real order by id;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select sum(x) from typ_f4 where id in (1, 2);
select min(x), max(x) from typ_f4 where id in (1, 2);
create table typ_bool (id integer primary key, x boolean not null default false, y boolean);
insert into typ_bool values (1, true, false);
insert into typ_bool values (2, 't', 'f');
insert into typ_bool values (3, 'yes', 'no');
insert into typ_bool values (4, '1', '0');
insert into typ_bool values (5, 'on', null);
insert into typ_bool values (6, default, default);
insert into typ_bool values (7, 1, 0);
insert into typ_bool values (7, 'x', null);
insert into typ_bool values (7, null, null);
select * from typ_bool order by id;
select id from typ_bool where x and not y order by id;
select id from typ_bool order by y, x, id;
select y, count(*) from typ_bool group by y order by y;
select id from typ_bool where y > false or x < true order by id;
select id from typ_bool where x = y order by id;
--$ true
--$ off
select id from typ_bool where x = $1 order by id;
create table typ_text (id integer primary key, t text, v varchar(5), w varchar);
insert into typ_text values (1, 'a', 'a', 'a');
insert into typ_text values (2, '', '', '');
insert into typ_text values (3, null, null, null);
insert into typ_text values (4, 'ÄÖÜß€', 'ÄÖÜß€', '日本');
insert into typ_text values (5, '😀', '😀😀', '😀');
insert into typ_text values (6, ' a ', ' a ', ' a ');
insert into typ_text values (7, 'A', 'A', 'A');
insert into typ_text values (8, e'a\tb\nc\rd', 'it''s', 'a\b');
insert into typ_text (id, v) values (9, 'abcdef');
insert into typ_text (id, v) values (9, 'abcde   ');
insert into typ_text (id, t) values (11, repeat('ab', 20000));
insert into typ_text (id, t) values (12, 12);
insert into typ_text (id, t) values (13, true);
insert into typ_text (id, t) values (12, 12);
select id, length(t), length(v), length(w) from typ_text where id <> 5 and id <> 10 order by id;
select id from typ_text where id < 10 order by t, id;
select id from typ_text where id < 10 order by v, id;
select id from typ_text where id < 10 order by w desc, id;
select v, count(*) from typ_text where id < 10 group by v order by v;
select id from typ_text where v = 'a ' order by id;
select id from typ_text where t = '' or v = '' order by id;
select id from typ_text where t = v and id <> 5 order by id;
select min(t), max(t), min(v), max(v) from typ_text where id < 9;
select id from typ_text where t = '😀' or v like '😀%' order by id;
select id from typ_text where w > 'z' order by id;
--$ a
--$ 😀
select id from typ_text where t = $1;
create table typ_char (id integer primary key, c char(4));
insert into typ_char values (1, 'a');
insert into typ_char values (2, '');
insert into typ_char values (3, null);
insert into typ_char values (4, 'äöüß');
insert into typ_char values (5, ' a ');
insert into typ_char values (6, 'abcd   ');
insert into typ_char values (7, 'A');
select id from typ_char order by c, id;
select id from typ_char where c = 'a' order by id;
select id from typ_char where c = '' order by id;
select id from typ_char where c like 'a%' order by id;
select id from typ_char where c = 'A'::char(4);
create table typ_date (id integer primary key, x date);
insert into typ_date values (1, '2021-03-04');
insert into typ_date values (2, '1840-12-31');
insert into typ_date values (3, '1841-01-01');
insert into typ_date values (4, null);
insert into typ_date values (5, '9999-12-31');
insert into typ_date values (6, '1900-02-28');
insert into typ_date values (7, '2000-02-29');
insert into typ_date values (8, '1970-01-01');
insert into typ_date values (13, '1900-02-29');
insert into typ_date values (13, '2021-3-4');
insert into typ_date values (14, '20210304');
insert into typ_date values (15, '2021-03-04 10:20:30');
insert into typ_date values (16, timestamp '2021-03-04 23:59:59');
insert into typ_date values (17, 5);
select * from typ_date where id not in (9, 10, 11, 12) order by x, id;
select * from typ_date where id in (9, 10) order by id;
select x, count(*) from typ_date where id not in (9, 10, 11, 12) group by x order by x desc;
select id from typ_date where x < '1841-01-01' and id < 9 order by id;
select id from typ_date where x = '2021-03-04' order by id;
select min(x), max(x), count(distinct x) from typ_date where id < 9;
--$ 2021-03-04
--$ 1840-12-31
--$ 2021-02-30
select id from typ_date where x = $1 order by id;
create table typ_time (id integer primary key, x time);
insert into typ_time values (1, '00:00:00');
insert into typ_time values (2, '23:59:59.999999');
insert into typ_time values (3, '12:30');
insert into typ_time values (4, null);
insert into typ_time values (5, '10:00:00.5');
insert into typ_time values (7, '25:00:00');
insert into typ_time values (7, '10:00:60');
select * from typ_time where id < 6 order by x, id;
select id from typ_time where x >= '10:00:00.5' and id < 6 order by id;
select id from typ_time where x = '12:30:00' order by id;
select min(x), max(x) from typ_time where id < 6;
select x, count(*) from typ_time where id < 6 group by x order by x;
--$ 12:30
--$ 23:59:59.999999
--$ 25:00
select id, x from typ_time where x = $1;
select x from typ_times;
create table typ_ts (id integer primary key, x timestamp);
insert into typ_ts values (1, '2021-03-04 05:06:07');
insert into typ_ts values (2, '1840-12-31 00:00:00');
insert into typ_ts values (3, '9999-12-31 23:59:59.999999');
insert into typ_ts values (4, null);
insert into typ_ts values (5, '1970-01-01 00:00:00');
insert into typ_ts values (6, '2021-03-04 05:06:07.123456');
insert into typ_ts values (7, date '2021-03-04');
insert into typ_ts values (8, '0001-01-01 00:00:00');
insert into typ_ts values (9, '2021-02-29 00:00:00');
insert into typ_ts values (10, '2021-03-04T05:06:07Z');
insert into typ_ts values (11, '2021-03-04 05:06:07.1234567');
insert into typ_ts values (12, '1840-12-30 23:59:59');
select * from typ_ts where id not in (8, 9) order by x, id;
select id from typ_ts where x = '2021-03-04 05:06:07.123456' order by id;
select id from typ_ts where x > '2021-03-04' and id not in (8, 9) order by id;
select x, count(*) from typ_ts where id not in (8, 9) group by x order by x;
select min(x), max(x), count(distinct x) from typ_ts where id < 8;
--$ 2021-03-04 05:06:07.123456
--$ 2021-03-04 05:06:07
--$ 2021-02-30 00:00:00
select id, x from typ_ts where x = $1 order by id;
select x, y, z from typ_tss;
create table typ_uuid (id uuid primary key, x uuid);
insert into typ_uuid values ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', null);
insert into typ_uuid values ('00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF');
insert into typ_uuid values ('{B0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}', 'b0eebc999c0b4ef8bb6d6bb9bd380a11');
insert into typ_uuid values ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1', null);
insert into typ_uuid values ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', null);
select * from typ_uuid order by id;
select id from typ_uuid where id = x;
select id from typ_uuid where id > 'A0000000-0000-0000-0000-000000000000' order by id desc;
select x, count(*) from typ_uuid group by x order by x;
--$ A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11
--$ x
select id from typ_uuid where id = $1;
select min(id) from typ_uuid;
create table typ_bytea (id integer primary key, x bytea);
insert into typ_bytea values (1, '\x00');
insert into typ_bytea values (3, null);
insert into typ_bytea values (4, '\xdeadbeef');
insert into typ_bytea values (5, 'abc');
insert into typ_bytea values (6, 'a\\b\001');
insert into typ_bytea values (7, '\x1');
insert into typ_bytea values (7, '\xgg');
select * from typ_bytea order by id;
select id from typ_bytea order by x, id;
select id from typ_bytea where x = '\xDEADBEEF';
--! 0A000 not in the table of functions
select id, length(x) from typ_bytea order by id;
select id, x is null from typ_bytea order by id;
--! 0A000 IRIS's empty binary value is NULL
select id, x = '' from typ_bytea order by id;
--! 0A000 not in the table of functions
--$ \x00ff
--$ \x
select $1::bytea, length($1::bytea);
--$ 8|\x00ff
insert into typ_bytea values ($1, $2) returning x;
create table typ_tz (id integer primary key, x timestamptz);
insert into typ_tz values (1, '2021-03-04 05:06:07+00');
insert into typ_tz values (2, '2021-03-04 05:06:07+02');
insert into typ_tz values (3, '2021-03-04 05:06:07');
insert into typ_tz values (4, null);
insert into typ_tz values (5, '1840-12-31 00:00:00+00');
insert into typ_tz values (6, '9999-12-31 23:59:59.999999+00');
insert into typ_tz values (7, '2021-03-04 05:06:07.123456-05:30');
insert into typ_tz values (8, '2021-02-29 00:00:00+00');
select * from typ_tz order by x, id;
select x, count(*) from typ_tz group by x order by x;
select id from typ_tz where x = '2021-03-04 03:06:07Z' order by id;
create table typ_oid (id integer primary key, x oid);
insert into typ_oid values (1, 0);
insert into typ_oid values (2, 4294967295);
insert into typ_oid values (3, null);
insert into typ_oid values (4, '26');
insert into typ_oid values (5, 4294967296);
select * from typ_oid order by x, id;
select * from typ_name order by id;
create table typ_ivl (id integer primary key, x interval);
--! 0A000 IRIS has no arrays
create table typ_arr (id integer primary key, x integer[], y text[]);
--! 0A000 IRIS has no such type
create table typ_timetz (id integer primary key, x timetz);
--! 0A000 IRIS has no such type
create table typ_money (id integer primary key, x money);
--! 0A000 IRIS has no such type
create table typ_inet (id integer primary key, x inet);
--! 0A000 IRIS has no such type
create table typ_bit (id integer primary key, x bit(4));
--! 0A000 IRIS has no such type
create table typ_xml (id integer primary key, x xml);
--! 0A000 IRIS has no such type
create table typ_point (id integer primary key, x point);
--! 0A000 IRIS's numbers have 18 digits and a fixed scale
create table typ_big (id integer primary key, x numeric(38,10));
--! 0A000 IRIS's numbers have 18 digits and a fixed scale
create table typ_odd (x numeric(5,6));
--! 0A000 such a type does not exist
create table typ_bad (x integer(5));

-- Changes that are refused
--! 0A000 IRIS has no such value
insert into typ_num values (8, 'NaN', null, null);
--! 0A000 IRIS has no such value
insert into typ_date values (12, 'infinity');
--! 0A000 IRIS has no such value
insert into typ_ts values (9, 'infinity');
--! 0A000 IRIS's empty binary value is NULL
insert into typ_bytea values (2, '\x');
drop table if exists typ_int2, typ_int4, typ_int8, typ_num, typ_free, typ_f8, typ_f4, typ_bool, typ_text, typ_char, typ_date, typ_time, typ_times, typ_ts, typ_tss, typ_uuid, typ_bytea;
drop table if exists typ_tz, typ_oid, typ_name, typ_ivl, typ_arr, typ_timetz, typ_money, typ_inet, typ_bit, typ_xml, typ_point, typ_range, typ_big, typ_odd, typ_nine;
