-- What random statements and their kin found answered wrongly.

create table hunted (id integer primary key, n numeric(10,2), m numeric(18,4), b bigint, i integer, s smallint, f double precision, t text);
insert into hunted values
  (1, 99999999.99, 12345678901234.5678, 9223372036854775807, 2147483647, 32767, 0.1, ''),
  (2, -1.50, 0.0001, -9223372036854775807, -2147483648, -32768, 1e15, 'a'),
  (3, null, null, null, null, null, null, null),
  (4, 12.34, 7.5, 5, 6, 7, -0.5, 'b');

-- Products and sums of more digits than IRIS keeps are an error, those of fewer are exact.
--! 22003 IRIS keeps 18 digits
select id, n * n from hunted order by id;
select id, n * n from hunted where id > 1 order by id;
--! 22003 IRIS keeps 18 digits
select id, m * n from hunted order by id;
select id, m * n from hunted where id > 1 order by id;
select id, m + n, m - n, n - m from hunted order by id;
select id from hunted where n * m < 0 and id > 1;
select sum(m), sum(n), avg(m) from hunted;
select sum(b) from hunted where b < 9000000000000000000 and b > -9000000000000000000;
--! 22003 IRIS has no sums of more than 19 digits
select sum(b) from hunted;
select id, b + 0, b - 0 from hunted order by id;
--! 22003 IRIS keeps 18 digits
select b::numeric * 3 from hunted where id = 1;
select b::numeric * 3 from hunted where id = 4;
--$ 2
select id from hunted where n * $1 + m > 0 and id > 1 order by id;
--$ 0.25
select id from hunted where n - $1 > 10 and id > 1 order by id;

-- Integers beyond their type, wherever they stand.
select b * b from hunted;

select id from hunted where b * b > 0;

select id from hunted where i * i > 0;

select id from hunted where s * s > 0;

select id from hunted where i + 1 > 0;

select id from hunted where abs(s) > 0;

select id from hunted where -i > 0;
select id, i + 1 from hunted where i < 0 or i is null order by i + 1, id;
select i + 1 - 1 from hunted where id = 4;
select (i * i)::bigint from hunted where id = 4;

select (i * i)::bigint from hunted where id = 1;
update hunted set i = i + 1 where id = 4 returning i;

-- Powers of double precision.
select f ^ 2, power(f, 2) from hunted where id in (1, 4) order by id;
select 2 ^ 10, power(3, 4), pow(-2, 3);
--! 0A000 IRIS's powers have other digits
select f ^ 3 from hunted;

-- An empty string among the elements of a parameter.
--$ {"",b}
--$ {}
--$ {NULL,""}
select id from hunted where t = any($1::text[]) order by id;

-- A time that is bound keeps its fraction.
--$ 10:20:30.123456
select $1::time;

-- A constant or parameter before BETWEEN.
select id from hunted where -1.5 between n and m order by id;
select id from hunted where -1.5 not between n and m order by id;
--$ -1.5
--$ 9
select id from hunted where $1 between n and m order by id;
--$ 9
select id from hunted where $1 not between n and i order by id;
select id from hunted where 9 between i and b order by id;

-- An average whose query has HAVING and no GROUP BY has IRIS's digits.
--! 0A000 IRIS's quotients have other digits
select avg(n) from hunted having count(*) > 0;
select round(avg(n), 2) from hunted having count(*) > 0;

-- Rows that are changed one by one must not see those changed before.
update hunted set s = 1 where id = (select id from hunted where s is null order by id limit 1) returning id, s;
update hunted set i = i + 10 where i < (select max(i) from hunted x where x.id > 1) returning id, i;
update hunted set i = (select count(*) from hunted x where x.i = 16) where id = 4 returning id, i;
--! 0A000 a query over the table that is changed
delete from hunted where exists (select 1 from hunted x where x.t = 'a') returning id;

drop table hunted;
