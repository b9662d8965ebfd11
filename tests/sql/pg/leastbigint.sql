-- The least bigint: the least of IRIS is one more, so it is refused where it is a value, and nothing equals it.
create table leastbigint (id integer primary key, v bigint);
--$ -9223372036854775808
--! 22003 IRIS has no such number
select $1::int8;
--$ -9223372036854775807
select $1::int8;
--! 22003 IRIS has no such number
select -9223372036854775808;
--! 22003 IRIS has no such number
select '-9223372036854775808'::int8;
select -9223372036854775807;
--! 22003 IRIS has no such number
insert into leastbigint values (1, -9223372036854775808);
--$ 2|-9223372036854775808
--! 22003 IRIS has no such number
insert into leastbigint values ($1, $2);
--! 22003 IRIS has no such number
insert into leastbigint values (3, '-9223372036854775808');
insert into leastbigint values (4, -9223372036854775807);
select id, v - 1 from leastbigint where id = 4;
--! 22003 IRIS has no such number
update leastbigint set v = v - 1 where id = 4;
--! 22003 IRIS has no such number
update leastbigint set v = -9223372036854775808 where id = 4;
select id from leastbigint where v = -9223372036854775808 and id = 9;
select id from leastbigint where v > -9223372036854775808 and id = 9;
drop table leastbigint;
