-- Tables created through the gateway must behave as PostgreSQL's, in the collation C.
create table item (id integer primary key, name varchar(20), note text, price numeric(10,2), qty integer, big bigint, small smallint, flag boolean, f double precision, d date, tm time, ts timestamp, u uuid);
create table part (id integer primary key, item_id integer, label varchar(20) not null, weight numeric(8,3));

-- INSERT
insert into item values (1, 'apple', 'red', 1.50, 10, 9000000000, 3, true, 1.5, '2021-03-04', '10:20:30', '2021-03-04 10:20:30.5', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
insert into item (id, name, note, price, qty, flag) values (2, 'Apple', '', 2.25, 20, false), (3, 'banana', null, 0.10, null, null), (4, 'Banana', 'Äpfel', 100, 7, true);
--$ 5|cherry|3.999|5
--$ 6|\N|\N|0
insert into item (id, name, price, qty) values ($1, $2, $3, $4);
--$ 7|x y|8|100%
insert into item (id, name, qty, note) values ($1, $2, 7, 'seven'), ($3, 'date', -3, $4);
insert into item (id, name, d, ts) values (9, '', date '2020-02-29', timestamp '1999-12-31 23:59:59.999999');
insert into item (id, qty, price) values (10, 2 + 3, 1.005);
insert into part (id, item_id, label, weight) values (1, 1, 'stem', 0.125), (2, 1, 'core', 1.5), (3, 2, 'stem', 0.2), (4, null, 'lost', 9.999), (5, 99, 'none', null);
insert into part select id + 100, id, coalesce(name, 'no'), price from item where id < 3;
insert into item (id) values (1);
insert into part (id) values (50);
insert into item (id, qty) values (11, 'abc');
insert into item (id, qty) values (11, 2147483648);
insert into item (id, name) values (11, 'this name is far too long for it');
insert into item (id, d) values (11, '2021-02-29');
insert into item (id, flag) values (11, 'maybe');
insert into item (id, nothing) values (11, 1);
insert into nowhere values (1);

-- Everything as it was stored
select * from item order by id;
select * from part order by id;
select id, price from item where price is not null order by price, id;

-- Arithmetic
select qty / 3 from item where qty is not null order by id;
select qty / 2, -qty / 2, qty % 3, qty * 2, qty - 1 from item where qty is not null order by id;
select big / 7 from item where big is not null;
select small / 2, small + 1 from item where id = 1;
select 7 / 2, -7 / 2, 7 % 3, -7 % 3, 7 * 6;
select 1 + 1 as two, 2 - 3, 3.5 + 1.5;
select f / 2, f * 2 from item where id = 1;
select qty + 0.5 from item where id = 1;
select price + 1 from item where id = 1;
select price * 2 from item where id = 1;
select price * price from item where id = 1;
select price - 0.001 from item where id = 1;
select price / 3 from item where id = 1;
select 1 / 0;
select qty / 0 from item where id = 1;
select abs(qty) from item where qty < 0;
select abs(price) from item where id = 1;
select mod(qty, 4) from item where id = 1;
select round(price) from item where price is not null order by id;
select round(price, 1) from item where price is not null order by id;
select round(2.5), round(-2.5), round(1.005, 2);
select ceil(price), floor(price) from item where id = 1;
select ceil(f), floor(f) from item where id = 1;
select sqrt(f) from item where id = 2;
select power(2, 10);
select sign(qty) from item where qty < 0;

-- Casts
select '1.5'::numeric(5,2);
select 1.5::numeric(5,2);
select 1.5::numeric(5,2) + 1;
select 2::numeric(5,2), 1.005::numeric(5,2), '7'::numeric(3);
select 1.50, 1.5, 100.00, 0.0;
select 1.50::text;
select qty::numeric(10,2) from item where id = 1;
select price::numeric(10,1) from item where price is not null order by id;
select price::integer from item where price is not null order by id;
select qty::bigint, qty::smallint, qty::double precision from item where id = 1;
select qty::text, name::text, d::text from item where id = 1;
select price::text from item where id = 1;
select flag::text from item order by id;
select flag::integer from item order by id;
select qty::boolean from item order by id;
select name::varchar(3) from item where name is not null order by id;
select 'abc'::varchar(2), 'true'::boolean, '12'::integer, '2021-01-02'::date, '2021-01-02 03:04:05'::timestamp;
select 'abc'::integer;
select '99999999999'::integer;
select 1, 'abc'::integer;
select date '2021-02-30';
select 'x'::boolean;
select 99999::smallint;
select ts::date from item where id = 1;
select d::timestamp from item where id = 1;
select true::text, false::integer, 1::boolean;
select null::integer, null;
--$ 1.5
--$ 1.005
--$ \N
select $1::numeric(5,2);
--$ 12|abc|2021-03-04|t
select $1::integer, $2::text, $3::date, $4::boolean;
--$ 5
select $1::integer / 2;
--$ 5
select $1 + 1;

-- Texts
select name || 'x' from item order by id;
select name || note from item order by id;
select id || ':' || name from item where id < 3 order by id;
select 'a' || 'b' || 'c';
select upper(name), lower(name), length(name) from item order by id;
select length(note), char_length('Äpfel') from item where id = 4;
select substring(name from 2 for 3), substr(name, 2) from item where id = 1;
select position('p' in name), strpos(name, 'pl') from item where id = 1;
select trim('  a '), ltrim('xxa', 'x'), rtrim('  a ') || '|';
select replace(name, 'a', 'oo') from item where id = 3;
select reverse(name) from item where id = 3;
select left(name, 2) from item where id = 3;
select concat(name, '-', note, 1) from item order by id;
select coalesce(note, 'none') from item order by id;
select nullif(name, 'apple') from item order by id;
select coalesce(qty, 0) from item order by id;
select nullif(qty, 7) from item order by id;
select '', length(''), '' is null, '' = '';
select note = '', note is null from item order by id;
select id from item where note = '';
select id from item where note <> '' order by id;
select id from item where name = '' order by id;

-- Comparisons of texts know case
select id from item where name = 'apple' order by id;
select id from item where name = 'APPLE' order by id;
select id from item where name <> 'apple' order by id;
select id from item where name > 'a' order by id;
select id from item where name < 'a' order by id;
select id from item where name between 'A' and 'Z' order by id;
select id from item where name in ('apple', 'BANANA') order by id;
select id from item where name like 'a%' order by id;
select id from item where name like 'A%' order by id;
select id from item where name like '%an%' order by id;
select id from item where name like '_pple' order by id;
select id from item where name not like '%a%' order by id;
select id from item where name ilike 'a%' order by id;
select id from item where note like '100\%';
select id from item where note like '100#%' escape '#';
select id from item where lower(name) = 'apple' order by id;
select id from item where note = 'Äpfel';
select id from item where note = 'äpfel';
--$ apple
--$ Apple
--$ \N
select id from item where name = $1;
--$ a%
select id from item where name like $1 order by id;
--$ 2|apple
select id from item where id < $1 and name = $2;
--$ APPLE
select id from item where lower(name) = lower($1) order by id;

-- Order, groups, distinct
select name from item order by name;
select name from item order by name desc;
select name from item order by name nulls first;
select name, id from item order by name desc nulls last, id desc;
select id from item order by qty, id;
select id from item order by qty desc, id;
select name as n from item order by n;
select name, id from item order by 1, 2;
select id from item order by lower(name), id;
select note from item order by note;
select distinct lower(name) from item order by 1;
select distinct name from item order by name;
select distinct flag from item order by flag;
select name, count(*) from item group by name order by name;
select lower(name), count(*) from item group by lower(name) order by 1;
select lower(name) as l, count(*) from item group by l order by l;
select flag, count(*), sum(qty) from item group by flag order by flag;
select flag, count(*) from item group by flag having count(*) > 2 order by flag;
select name from item group by id order by id;
select count(*), count(qty), count(distinct flag) from item;
select sum(qty), min(qty), max(qty) from item;
select avg(qty) from item;
select sum(price), min(price), max(price) from item;
select avg(price) from item;
select avg(f), sum(f) from item;
select avg(distinct qty), avg(big), avg(small) from item;
select flag, avg(qty), avg(price) from item group by flag order by flag;
select avg(price * qty), avg(qty + 0.25) from item;
select avg(qty) as a from item where false;
select round(avg(qty), 2), round(avg(price), 3) from item;
select avg(qty)::numeric(10,4) from item;
select flag from item group by flag having avg(qty) > 6 order by flag;
select price / qty, price / 7, 100 / price from item where qty > 0 and price > 0 order by id;
select 10.0 / 4, 1 / 3.0, 1.5 / 2.25, -7.0 / 2;
select price / 0 from item where id = 1;
select round(price / 3, 4) from item where id = 1;
--! 0A000 the digits of a quotient inside an expression are not PostgreSQL's
select price / 3 + 1 from item where id = 1;
select id from item where price / 2 > 1 order by id;
select id from item where price is not null order by price / 3, id;
select flag, avg(qty) from item group by flag order by avg(qty);
select flag, avg(qty) from item group by flag order by 2 desc;
select flag, avg(qty) as a from item group by flag order by a limit 2 offset 1;
select id, price / 3 as third from item where price is not null order by third, id limit 2 offset 1;
--! 0A000 the digits of a quotient under DISTINCT are not PostgreSQL's
select distinct price / 3 from item;
--! 0A000 the digits of a quotient in a subquery are not PostgreSQL's
select a from (select avg(qty) as a from item) s;
select coalesce(price, 0.00), coalesce(price, 0) from item where id = 7;
select sum(big), sum(small) from item;
select avg(qty)::double precision from item where id < 3;
select min(name), max(name) from item;
select min(note), max(note) from item;
select min(d), max(ts) from item;
select sum(qty), count(*) from item where id > 1000;
select sum(price * qty) from item;
select sum(qty) filter (where flag), count(*) filter (where qty > 5) from item;
select count(*) from item where false;
select max(length(name)) from item;
select sum(qty) + 1 from item;
select id, sum(qty) from item;

-- Booleans
select id from item where flag order by id;
select id from item where not flag order by id;
select id from item where flag = true order by id;
select id from item where flag = false order by id;
select id from item where flag is true order by id;
select id from item where flag is not true order by id;
select id from item where flag is null order by id;
select id from item where flag = 't' order by id;
select flag, not flag, flag and true, flag or qty > 5 from item order by id;
select 1 = 1, 1 > 2, true and false, not true;
select qty > 5 from item order by id;
select id from item where flag and qty > 5 order by id;
select id from item where (flag or qty > 15) and not (id = 1) order by id;
--$ t
--$ f
select id from item where flag = $1 order by id;
select id from item where qty;

-- Numbers against literals
select id from item where qty = '5' order by id;
select id from item where qty = 5.0 order by id;
select id from item where qty > '6' order by id;
select id from item where price = 1.5;
select id from item where price = '1.50';
select id from item where price > 2 order by id;
select id from item where qty = 'abc';
select id from item where qty in (5, 7, 10) order by id;
select id from item where qty not in (5, 7) order by id;
select id from item where qty between 5 and 10 order by id;
select id from item where id = 1 or id = 2 order by id;
select id from item where qty is distinct from 5 order by id;
select id from item where u = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
select id from item where u = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';
select id from item where name = 5;
select id from item where d = 5;
--$ 5
--$ 7
--$ \N
select id from item where qty = $1 order by id;
--$ 1.5
select id from item where price = $1;

-- Dates and times
select d + 1, d - 1 from item where d is not null order by id;
select 1 + d from item where id = 1;
select d - date '2021-01-01' from item where d is not null order by id;
select date '2021-03-04' - date '2021-03-01';
select date '2020-02-28' + 2;
select ts - ts from item where id = 1;
select ts - timestamp '2021-01-01' from item where id = 1;
select id from item where d = '2021-03-04';
select id from item where d > date '2020-12-31';
select id from item where ts < '2000-01-01';
select id from item where ts = timestamp '2021-03-04 10:20:30.5';
select id from item where tm = '10:20:30';
select id from item where tm > time '10:00';
select tm, ts, d from item where id = 1;
--$ 2021-03-04
select id from item where d = $1;
--$ 2021-03-04 10:20:30.5
select id from item where ts = $1;
--$ 2
select d + $1 from item where id = 1;
select timestamp '2021-03-04 00:00:00' > timestamp '2021-03-03 23:59:59';

-- LIMIT and OFFSET
select id from item order by id limit 3;
select id from item order by id offset 7;
select id from item order by id limit 2 offset 3;
select id from item order by id limit 0;
select id from item order by id limit all;
select id from item order by id fetch first 2 rows only;
select id from item order by id limit null;
--$ 2|1
--$ \N|8
--$ 3|\N
--$ 0|0
--$ -1|0
--$ 1|-1
select id from item order by id limit $1 offset $2;
select id from (select id from item order by id desc limit 3) as s order by id;
select count(*) from (select id from item limit 4) s;
select name, count(*) from item group by name order by name limit 2 offset 1;
select distinct lower(name) as n from item order by n limit 2;

-- Joins
select i.id, p.label from item i join part p on p.item_id = i.id order by i.id, p.id;
select i.id, p.label from item i left join part p on p.item_id = i.id order by i.id, p.id;
select p.id, i.name from item i right join part p on p.item_id = i.id order by p.id;
select i.id, p.id from item i left join part p on p.item_id = i.id and p.label = 'stem' order by i.id, p.id;
select i.id from item i left join part p on p.item_id = i.id where p.id is null order by i.id;
select count(*) from item cross join part;
select i.id, p.id from item i, part p where i.id = p.item_id and p.weight > 1 order by 1, 2;
select a.id, b.id from item a join item b on a.name = b.name and a.id < b.id;
select a.id, b.id from item a join item b on lower(a.name) = lower(b.name) and a.id < b.id order by 1;
select id, label from item join part using (id) order by id;
select i.name, sum(p.weight) from item i join part p on p.item_id = i.id group by i.name order by i.name;
select i.name, count(p.id) from item i left join part p on p.item_id = i.id group by i.id, i.name order by i.id;
select i.*, p.label from item i join part p on p.id = 1 and i.id = 1;

-- CASE and subqueries
select id, case when qty > 8 then 'many' when qty > 0 then 'some' else 'none' end from item order by id;
select id, case flag when true then 1 when false then 0 end from item order by id;
select case name when 'apple' then 'lower' when 'Apple' then 'upper' end as c from item order by id;
select sum(case when flag then 1 else 0 end) from item;
select id from item where id in (select item_id from part) order by id;
select id from item where id not in (select item_id from part where item_id is not null) order by id;
select id from item i where exists (select 1 from part p where p.item_id = i.id) order by id;
select id, (select count(*) from part p where p.item_id = i.id) from item i order by id;
select id, (select max(label) from part p where p.item_id = i.id) as m from item i order by id;
select id from item where qty = (select max(qty) from item);
select id from item where qty > all (select 5 from item) order by id;
select id from item where name = any (select label from part) order by id;
select x.n, count(*) from (select lower(name) as n from item) x group by x.n order by x.n;
with t as (select id, qty from item where qty > 5) select count(*), sum(qty) from t;
with a as (select id from item), b as (select id from a where id < 4) select * from b order by id;
select (select id from item);

-- UNION
select name from item where id < 3 union select label from part order by 1;
select name from item where id < 3 union all select name from item where id < 3 order by 1;
select 'a' as x union select 'A' order by x;
select 1 union select 2 union select 1 order by 1;
select id, name from item where id = 1 union all select id, label from part where id = 4 order by id;
select 1 union select 'a';
--! 0A000 IRIS does not keep how many digits each value shows
select qty from item where id = 1 union all select price from item where id = 1 order by 1;
select id from item where id < 4 union all select id from part where id > 100 order by id limit 3 offset 1;

-- UPDATE and DELETE
update item set qty = qty + 1, name = upper(name) where id = 1;
update item set price = price * 1.1 where id = 1;
select id, name, qty, price from item where id = 1;
update item set flag = not flag where flag is not null;
update item set note = null, f = 2, d = '2021-12-31' where id in (select item_id from part where label = 'core');
update item set qty = (select count(*) from part where part.item_id = item.id) where id < 4;
update item set name = name || '!' where name = 'cherry';
update item set price = '7.005' where id = 2;
update item set price = 1.005 where id = 3;
update item set qty = 2.5 where id = 4;
--$ 42|4
--$ \N|6
update item set qty = $1 where id = $2;
--$ new|Apple
update item set note = $1 where name = $2;
update item set qty = 'x' where id = 1;
update item set id = 1 where id = 2;
update item set nothing = 1;
update nowhere set a = 1;
select id, name, note, qty, price, flag, f, d from item order by id;
delete from part where item_id in (select id from item where name = 'APPLE');
delete from part where weight is null;
--$ stem
--$ Stem
delete from part where label = $1;
delete from part where id = 4 and label like 'LO%';
select id, label, weight from part order by id;
delete from nowhere;
delete from part;
select count(*) from part;
delete from part where item_id = 1;

-- A timestamp with a zone goes through the session's zone, which is UTC
create table zoned (id integer, ts timestamp with time zone);
create table zoned (id integer, ts timestamptz);
--! 0A000 there is no type timetz
create table zoned (id integer, t time with time zone);
create table moment (id integer primary key, ts timestamp);
alter table moment add column tz timestamptz;
insert into moment values (1, '2021-06-01 12:00:00+02');
insert into moment values (2, timestamptz '2021-06-01 12:00:00+02');
insert into moment values (3, '2021-06-01 12:00:00+02'::timestamptz);
--$ 4|2021-06-01 12:00:00+02
insert into moment values ($1, $2);
--$ 5|2021-06-01 12:00:00+02
insert into moment values ($1, $2::timestamptz);
select id, ts from moment order by id;
select id from moment where ts = timestamptz '2021-06-01 12:00:00+02' order by id;
--$ 2021-06-01 12:00:00+02
select id from moment where ts = $1::timestamptz order by id;
select id from moment where ts < now() order by id;
update moment set ts = timestamptz '2000-01-01 00:00:00-05' where id = 1;
select ts from moment where id = 1;
select timestamptz '2021-06-01 12:00:00+02';
--$ 2021-06-01 12:00:00+02
select $1::timestamptz;
select now() = now(), current_date = current_date;
drop table moment;

-- Refused, with PostgreSQL's code where it refuses, too
--! 0A000 results without columns are not supported
select;
--! 0A000 results without columns are not supported
select from item;
select 1 from from;
select 1 from where;
selct 1;
select 1 +;
select * from nowhere;
select nothing from item;
select i.nothing from item i;
select x.id from item i;
--! 42P02 PostgreSQL shows what is left of the number in 32 bits
select $99999999999;
select $0;
select nothing(1);
select id from item where name = 'a' and;
create table item (id integer);
--! 0A000 there are no EXCLUDE constraints
create table bad (a integer, exclude using gist (a with =));
drop table nowhere;
select sum(name) from item;
select name + 1 from item;
select 'a' + 1;
select id from item group by;
select qty, count(*) from item;
select count(*) from item where count(*) > 1;
drop table item, part;

-- Values that are computed for an integer column are rounded as PostgreSQL's assignment rounds.
create table whole(id int primary key, i int, b bigint, n numeric(6,2));
insert into whole values (1, 7.5 + 1, 2.5 * 3, 1.005);
insert into whole values (2, -7.5, 1.49999 + 1, -2.675);
update whole set i = i + 0.6, b = b - 0.5 where id = 1;
update whole set i = (select count(*) from whole) where id = 2;
select id, i, b, n from whole order by id;
insert into whole(id, i) select id + 10, i from whole;
select id, i from whole order by id;
drop table whole;

-- Comparisons with all and any of a list know NULL.
create table few(id int primary key, x int);
insert into few values (1, null), (2, 5), (3, 0);
select id from few where x > all (select 1 from few) order by id;
select id from few where not (x > all (select 1 from few)) order by id;
select id from few where x > any (select x from few) order by id;
select id from few where not (x > any (select x from few)) order by id;
drop table few;
