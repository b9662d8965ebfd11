-- Casts among the everyday types: of constants, of columns, and those that do not exist.
create table cas_t (id integer primary key, i2 smallint, i4 integer, i8 bigint, n numeric(10,3), f4 real, f8 double precision, t text, v varchar(30), c char(5), b boolean, d date, tm time, ts timestamp, u uuid, y bytea);
insert into cas_t (id, i2, i4, i8, n, f4, f8, t, v, c, b) values (1, 12, 12, 12, 12.5, 1.5, 2.5, '12', '12', '12', true);
insert into cas_t (id, i2, i4, i8, n, f4, f8, t, v, c, b) values (2, -1, -100000, 9000000000, -2.499, -0.5, 1e10, 'abc', ' 7 ', 'x', false);
insert into cas_t (id) values (3);
insert into cas_t (id, t, v, d, tm, ts) values (4, '2021-03-04', '2021-03-04 05:06:07.25', '2021-03-04', '05:06:07', '2021-03-04 05:06:07.25');
insert into cas_t (id, t, u) values (5, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11');
insert into cas_t (id, t, v, y) values (6, '', 't', '\x00ff41');

-- Between numbers
select id, i2::integer, i2::bigint, i2::numeric from cas_t order by id;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select id, i2::real from cas_t order by id;
select id, i2::double precision from cas_t order by id;
select id, i4::bigint, i4::numeric from cas_t order by id;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select id, i4::real from cas_t order by id;
select id, i4::double precision from cas_t order by id;
select id, i8::numeric, i8::double precision from cas_t order by id;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select id, i8::real from cas_t order by id;
select id, n::integer, n::bigint, n::smallint from cas_t order by id;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select id, n::real from cas_t order by id;
select id, n::double precision, n::numeric(10,1), n::numeric from cas_t order by id;
select id, f4::integer, f4::bigint, f4::double precision from cas_t order by id;
select id, f8::bigint from cas_t order by id;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select id, f8::real from cas_t order by id;
select i4::smallint from cas_t where id = 1;
select i4::smallint from cas_t where id = 2;
select i8::integer from cas_t where id = 2;
select f8::integer from cas_t where id = 2;
select cast(n as integer), cast(i4 as decimal(8,2)), cast(i2 as float) from cas_t where id = 1;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select cast(i2 as float(10)) from cas_t where id = 1;

-- To and from text
select id, i2::text, i4::text, i8::text from cas_t order by id;
--! 0A000 IRIS writes this type in another form
select id, f4::text, f8::text from cas_t order by id;
select id, n::text from cas_t order by id;
select id, b::text, b::integer from cas_t order by id;
select id, d::text, tm::text, ts::text from cas_t order by id;
select id, u::text from cas_t order by id;
--! 0A000 IRIS writes this type in another form
select id, y::text from cas_t order by id;
select id, c::text, c || '|', length(c), c = 'x', c::varchar from cas_t where id < 4 order by id;
select id, t::varchar(3), v::varchar(2), v::text, i4::varchar(2) from cas_t where id < 4 order by id;
select i4::varchar, b::varchar, d::varchar from cas_t where id = 1;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::integer, v::integer, t::bigint, t::smallint, t::numeric, t::double precision, t::numeric(5,1) from cas_t where id = 1;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select v::integer from cas_t where id = 2;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::integer from cas_t where id = 2;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::integer from cas_t where id = 6;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::date, v::timestamp, v::date, v::time, t::timestamp from cas_t where id = 4;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::date from cas_t where id = 2;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::uuid from cas_t where id = 5;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::uuid from cas_t where id = 2;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select v::boolean, t::boolean from cas_t where id = 6;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select v::boolean from cas_t where id = 6;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select t::boolean from cas_t where id = 2;
select id from cas_t where t::text = '12' order by id;
select id from cas_t where i4::text like '%1%' order by id;
select id from cas_t where i4::text = t order by id;
select id from cas_t where cast(id as text) in ('1', '3') order by id;
select i4::text || t, t || i4::text, i4 || '' from cas_t where id = 1;

-- Dates and times
select d::timestamp, ts::date from cas_t where id = 4;
--! 0A000 IRIS has no intervals to compute with
select ts::time from cas_t where id = 4;
select tm::text from cas_t where id = 4;
--! 0A000 IRIS has no intervals to compute with
select ts::timestamp(0), ts::time(0) from cas_t where id = 4;
select d::time from cas_t where id = 4;
select tm::date from cas_t where id = 4;
select tm::timestamp from cas_t where id = 4;
--! 0A000 IRIS has no intervals to compute with
select tm::interval from cas_t where id = 4;
select d::integer from cas_t where id = 4;
select ts::integer from cas_t where id = 4;
select '2021-03-04 05:06'::timestamp, '2021-03-04T05:06:07'::timestamp, '20210304T050607'::timestamp, '2021-03-04 05:06:07.1234567'::timestamp, '2021-03-04 24:00:00'::timestamp, '2021-03-04'::timestamp;
--! 0A000 IRIS has no intervals to compute with
select '2021-03-04 05:06:07.25'::timestamp(1), '05:06:07.987'::time(2), '2021-03-04 05:06:07.5'::timestamp(0);
select 'epoch'::date, 'epoch'::timestamp, 'allballs'::time;
--! 0A000 IRIS has no such value
select 'infinity'::date, '-infinity'::timestamp;
select '2021-02-29'::date;
select '2021-13-01'::date;
select '2021-00-10'::date;
select 'x'::date;
select ''::date;
select '2021-03-04 25:00'::timestamp;
select '25:00'::time;
select '05:60'::time;

-- Booleans
select 't'::boolean, 'TRUE'::boolean, 'yes'::boolean, 'on'::boolean, '1'::boolean, 'y'::boolean, ' f '::boolean, 'off'::boolean, 'n'::boolean, 'fal'::boolean;
select 1::boolean, 0::boolean, 5::boolean, (-1)::boolean, true::integer, false::text, true::varchar;
select 'o'::boolean;
select ''::boolean;
select 2::bigint::boolean;
select 1.0::boolean;
select true::bigint;
select true::numeric;
select true::double precision;
select true::date;

-- Constants
select 12::text, 12.50::text, 1e3::text, true::text, null::text, 12::varchar(1), 12.5::char(3), 'abc'::char(5) || '|', 'abc'::char || '|', 'abc'::bpchar;
select '12'::integer, ' 12 '::bigint, '1.5'::numeric, '1.5'::double precision, '1.5'::real, '-7'::smallint, '1e3'::numeric, '1e3'::double precision, '0x1F'::text;
select 12.5::integer, 13.5::integer, -12.5::integer, 1.4::smallint, 1e3::integer, 12::numeric(5,2), 12::real, 12::double precision;
select '1.5'::integer;
select '12a'::integer;
select '0x1F'::integer;
select '1_000'::integer;
select ''::numeric;
select ' '::double precision;
select '32768'::smallint;
select '2147483648'::integer;
select '9223372036854775808'::bigint;
select 2147483648::integer;
select 1e10::integer;
select 1e20::bigint;
select '1e400'::double precision;
select '1e40'::real;
select 'NaN'::integer;
select '12345'::numeric(4);
select '1.239'::numeric(4,2), '-1.235'::numeric(4,2);
--! 0A000 IRIS has no such value
select 'NaN'::numeric(4,2);
select 123456::varchar(3);

-- uuid, json, bytea, oid
select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'::uuid, 'a0eebc999c0b4ef8bb6d6bb9bd380a11'::uuid::text;
select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1'::uuid;
select ''::uuid;
select 1::uuid;
select '{"a": 1}'::json;
--! 0A000 there is no jsonb
select '[1, 2]'::jsonb;
select '1'::json, 'null'::json;
select '"x"'::json::text;
select 'x'::json;
select ''::json;
select '{"a": }'::json;
select 1::json;
select '\x41'::bytea, 'abc'::bytea;
--! 0A000 IRIS's empty binary value is NULL
select '\x'::bytea;
select 'a\\b'::bytea, '\001'::bytea;
--! 0A000 IRIS writes this type in another form
select '\xAbCd'::bytea::text;
select '\x4'::bytea;
select '\xzz'::bytea;
select 'abc'::text::bytea;
select 12::oid, '12'::oid, 4294967295::oid, 12::oid::integer, 12::oid::bigint;
select 12::oid::text;
select 'x'::oid;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
select u::text::uuid = u from cas_t where id = 5;
select u::varchar from cas_t where id = 5;

-- Casts that do not exist
select 12::date;
select 12::timestamp;
select '2021-01-01'::date::integer;
select '2021-01-01'::date::boolean;
select 12::smallint::boolean;
select 12.5::boolean;
select 12::bytea;
select '10:00'::time::date;
select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid::integer;
select true::uuid;
select 12::nothing;
select 12::numeric(0);
select 12::numeric(1001);
select 'a'::varchar(0);
select 'a'::char(0);
select cast(12 as);
select 12::;
select cast('x' as integer) from cas_t where false;

-- Parameters
--$ 12
--$ abc
--$ \N
select $1::text, $1::varchar(2);
--$ 12
--$ 1.5
select $1::integer;
--$ 2021-03-04
--$ 2021-02-30
select $1::date;
--$ t
--$ maybe
select $1::boolean;
--! 0A000 IRIS writes this type in another form
--$ 12.5
select $1::numeric::integer, $1::numeric::text;

-- Columns of another type in changes
update cas_t set i4 = n, n = i4, t = 'new' where id = 1 returning i4, n, t;
update cas_t set i4 = f8 where id = 1 returning i4;
update cas_t set i4 = t where id = 1;
--! 0A000 IRIS reads a bad text as a value, PostgreSQL refuses it
update cas_t set i4 = t::integer where id = 1;
update cas_t set t = i4 where id = 1 returning t;
update cas_t set v = d where id = 4 returning v;
update cas_t set d = ts, ts = d where id = 4 returning d, ts;
update cas_t set d = t where id = 4;
update cas_t set b = i4 where id = 1;
update cas_t set i4 = b where id = 1;
update cas_t set v = i8 || 'x' where id = 1 returning v;
update cas_t set d = '2021-05-06' || '' where id = 4;
drop table if exists cas_t;
