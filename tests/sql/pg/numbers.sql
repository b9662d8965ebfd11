-- Numbers: overflow, division, rounding, scales, floats.
create table num_t (id integer primary key, s smallint, i integer, b bigint, n numeric(10,2), w numeric(18,6), f double precision, r real);
insert into num_t values (1, 32767, 2147483647, 9223372036854775807, 99999999.99, 123456789012.123456, 1, 1);
insert into num_t values (2, -32768, -2147483648, -9223372036854775807, -99999999.99, -0.000001, -1, -1);
update num_t set f = '1e300', r = '1e30' where id = 1;
update num_t set f = '1e-300', r = 1e-30 where id = 2;
create table num_edge (id integer primary key, b bigint, f double precision, r real);
insert into num_edge (id, r) values (4, 3.4e38);
insert into num_edge (id, r) values (5, 1.2e-38);
select b, f, r from num_edge order by id;
insert into num_t values (3, 0, 0, 0, 0, 0, 0, 0);
insert into num_t values (4, null, null, null, null, null, null, null);
insert into num_t values (5, 7, -7, 7, 2.50, 0.1, 0.1, 0.1);
insert into num_t values (6, 3, 3, 3, -2.50, 1000000, 1e15, 16777216);
select * from num_t order by id;

-- Overflow
select i + 1 from num_t where id = 1;
select i - 1 from num_t where id = 2;
select i * 2 from num_t where id = 1;
select -i from num_t where id = 2;
select abs(i) from num_t where id = 2;
select s + 1::smallint from num_t where id = 1;
select s + 1 from num_t where id = 1;
select s * s from num_t where id = 1;
select -s from num_t where id = 2;
select b * 2 from num_t where id = 1;
select -b, b - 1 from num_t where id = 2;
select i / -1 from num_t where id = 2;
select i % -1 from num_t where id = 2;
select sum(i) from num_t where id in (1, 6);
select sum(s), sum(s) + 1 from num_t where id = 1;
select 2147483647 + 1;
select 2147483647 + 1::bigint, 2147483648, -2147483648, 9223372036854775807;
--! 0A000 the digits of a quotient inside an expression are not PostgreSQL's
select 9223372036854775808;
--! 0A000 the digits of a quotient inside an expression are not PostgreSQL's
select 9223372036854775808 + 1, 18446744073709551616;
select 32767::smallint + 1::smallint;
select 1000000 * 1000000;
select 1000000::bigint * 1000000, 1000000 * 1000000.0;
update num_t set n = 123456789 where id = 3;
insert into num_t (id, n) values (7, 1e8);
insert into num_t (id, s) values (7, 40000);
insert into num_t (id, i) values (7, 2147483647.5);
insert into num_t (id, i) values (7, '1e3');
--! 0A000 the digits of a quotient inside an expression are not PostgreSQL's
select id from num_t where i = 2147483648 or b = 9223372036854775808 or s = 40000 order by id;
select id from num_t where i > 2147483647 or i < 9999999999 order by id;
select id from num_t where i = 2.5 or n = 2.5 order by id;

-- Division
select 7 / 2, -7 / 2, 7 / -2, -7 / -2, 7 % 2, -7 % 2, 7 % -2, 0 / 5, 1 / 3;
select 7 / 2.0, 7.0 / 2, 1 / 3.0, 2 / 3.0, 10.0 / 3, 1.00 / 3.000, 100000 / 3.0, 1e10 / 3;
select 7::bigint / 2, 7::smallint / 2::smallint, 7 / 2::double precision;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select 7::real / 2;
select i / 3, i % 3, i / 3.0, b / 7, s / 2 from num_t where id = 5;
select n / 2, n / 3, n * n, n % 2, n / -7 from num_t where id in (5, 6) order by id;
select f / 3, f * 3, f + 0.2, f - 0.1 from num_t where id = 5;
select w / 7, w * 7, w + 1, w - 0.0000001 from num_t where id = 5;
--! 0A000 not in the table of functions
select div(7, 2), div(-7.5, 2);
select mod(7, 3), mod(-7, 3), mod(7.5, 2);
select 1 / 0;
select 1 % 0;
select 1.0 / 0;
select 1.5 % 0;
select 1::double precision / 0;
select mod(1, 0);
select i / (i - i) from num_t where id = 5;
select n / 0 from num_t where id = 5;
select f / 0 from num_t where id = 5;
select i / 0 from num_t where id = 4;
select case when i = 0 then 0 else 10 / i end from num_t where i between -10 and 10 order by id;
select 10 / nullif(i, 0) from num_t where i between -10 and 10 order by id;

-- Rounding
select round(0.5), round(1.5), round(2.5), round(-0.5), round(-1.5), round(0.4999);
--! answer IRIS has no negative zero
select round(0.5::double precision), round(1.5::double precision), round(2.5::double precision), round(-0.5::double precision);
select round(1.005, 2), round(2.675, 2), round(-1.005, 2), round(1234.567, -2), round(1234.567, 0), round(1, 2), round(1.1, 3);
select trunc(1.9), trunc(-1.9), trunc(1.987, 2), trunc(1234.5, -2), ceil(1.1), ceil(-1.1), floor(1.1), floor(-1.1), ceiling(2);
select n, round(n), round(n, 1), trunc(n), ceil(n), floor(n) from num_t order by id;
select f, round(f), ceil(f), floor(f), trunc(f) from num_t where id in (3, 4, 5, 6) order by id;
select round(i), ceil(i), floor(i), abs(i), sign(i) from num_t where id in (3, 4, 5) order by id;
select 2.5::integer, 3.5::integer, -2.5::integer, (-2.5)::integer, 0.5::integer, 1.5::smallint, 2.5::bigint;
select 2.5::double precision::integer, 3.5::double precision::integer, (-2.5)::double precision::integer, 0.5::double precision::integer;
select 1.005::numeric(5,2), 2.345::numeric(5,2), 99.999::numeric(5,2), -1.005::numeric(5,2), 0.1::numeric(3,3);
select 999.995::numeric(5,2);
select 1000::numeric(3);
select 1::numeric(3,3);
--! 0A000 IRIS's numbers have 18 digits and a fixed scale
select 12345::numeric(5,-2);
select abs(-1.50), abs(1.5::double precision), sign(-1.5), sign(0), sign(2.5::double precision);

-- Scales
select 1.0, 1.00, 0.10, 100, 1e3, 1.5e-3, 1E5, .5, 5., 0.0;
select 1.0 + 1, 1.00 + 1.0, 1.5 * 2, 1.5 * 1.50, 1.10 - 0.1, 1.0 * 0, 2.50 + 2.5;
select 1.0 = 1, 1.0 = 1.00, 1.10 = 1.1, 0.1 + 0.2 = 0.3, 0.1::double precision + 0.2::double precision = 0.3::double precision;
select sum(n), min(n), max(n), avg(n) from num_t where id in (3, 5, 6);
select sum(n * 1.5), sum(n) * 2, sum(n + 1) from num_t where id > 2;
select n + 1, n + 1.5, n * 2, n * 1.25, n - 0.001, -n, +n from num_t where id = 5;
select greatest(n, 0), least(n, 1.5), coalesce(n, 0) from num_t order by id;
select case when id = 5 then n else 0 end from num_t order by id;
select n::text, w::text from num_t where id = 5;
select n::integer, n::double precision, n::numeric, n::numeric(10,1), n::numeric(12,4) from num_t where id in (5, 6) order by id;
select i::numeric, i::numeric(12,2), s::numeric(8,1) from num_t where id = 5;
select n, count(*) from num_t group by n order by n;
select distinct n * 1.0 from num_t where id > 2 order by 1;
select power(2, 10);
--! 0A000 not in the table of functions
select power(2, 0.5), power(2.0, 3);
select 2 ^ 3, sqrt(2);
--! 0A000 IRIS computes roots of floats only
select sqrt(4.0), sqrt(2::numeric);
--! 0A000 not in the table of functions
select exp(0), ln(1), log(100), log(2, 8);
--! 0A000 not in the table of functions
select ln(0);

-- Floats
select 0.1::double precision, 1e15::double precision, 1e16::double precision, 1e-4::double precision, 1e-5::double precision, 123456789012345678::double precision, 1.0::double precision, 100::double precision;
select 0.1::real, 1e6::real, 1e7::real, 16777217::real, 1.1::real, 0.1::real::double precision;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select 1::real / 3;
--! 0A000 IRIS has no such value
select 'NaN'::numeric;
--! answer IRIS has no negative zero
select -0.0::double precision, (-0.0)::double precision, 0.0 * -1;
select f + 1, f * 2, -f, f / 10 from num_t where id = 5;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select f::real from num_t where id = 5;
select f::integer from num_t where id = 5;
select r from num_t where id = 5;
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select r + 1, r * 2 from num_t where id = 5;
select r::double precision, r = 0.1, r = 0.1::real from num_t where id = 5;
select f = 0.1, f > 0.1, f = 0.1::numeric, f in (0.1, 0.2) from num_t where id = 5;
select sum(f), avg(f), min(f), max(f) from num_t where id in (3, 5, 6);
--! 0A000 IRIS computes with 64 bits what PostgreSQL computes with 32
select sum(r), avg(r) from num_t where id in (3, 5);
select i + f, n + f, n * f, i * n from num_t where id = 5;
select f from num_t where f is not null order by f;

-- Bits and other things
--! 0A000 IRIS has no operators of bits
select 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 256 >> 2, -1 >> 1, i & 1 from num_t where id = 5;
--! 0A000 not in the table of functions
select gcd(12, 18), lcm(4, 6), width_bucket(5, 0, 10, 5), factorial(5);
select pi() > 3.14;
--! 0A000 not in the table of functions
select degrees(0), radians(0);
--$ 2147483647|1
--$ -5|2
--$ \N|1
select $1::integer + $2::integer;
--! 0A000 IRIS has no such value
--$ 1.50|2
--$ 1e2|3
--$ NaN|1
select $1::numeric * $2::numeric, $1::numeric;
--$ 0.1
--$ 1e400
--$ Infinity
select $1::double precision + 1;
select '12abc'::numeric;
select '1.2.3'::numeric;
select ''::integer;
select ' 12 '::integer, '+5'::integer, '-0'::integer, ' 1.5 '::numeric, '1e2'::numeric, '.5'::numeric;
select '1.5'::integer;
select 'abc'::double precision;
select 1 + 'x';
select 1 + '2', '3' * 4, 1.5 + '2.5', '10' / 4;
select 1 + true;
select abs('x');
drop table if exists num_t, num_edge;
