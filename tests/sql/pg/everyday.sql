-- What applications send every day: rows filed in bulk, first rows of correlated queries, rows among rows.
create table book (id serial primary key, title varchar(50) not null, price numeric(8,2), out date, pages integer);
create table person (id integer primary key, name text not null, boss integer, pay numeric(8,2));
create table visit (id integer primary key, person_id integer not null, at date not null, cost integer);

-- INSERT … SELECT of a VALUES list
--$ one|1.005|two|2
insert into book (title, price) select p0::varchar, p1::numeric(8, 2) from (values ($1, $2, 0), ($3, $4, 1)) as imp_sen(p0, p1, sen_counter) order by sen_counter returning book.id, book.id as id__1;
--$ three|3.5|four|\N
insert into book (title, price) select p0::varchar, p1::numeric(8, 2) from (values ($1::varchar, $2::numeric(8, 2), 0), ($3::varchar, $4::numeric(8, 2), 1)) as imp_sen(p0, p1, sen_counter) order by sen_counter returning id, title, price;
--$ five|2020-02-29|12|six|\N|\N
insert into book (title, out, pages) select p0::varchar, p1::date, p2::integer from (values ($1, $2, $3, 0), ($4, $5, $6, 1)) as imp_sen(p0, p1, p2, sen_counter) order by sen_counter;
insert into book (title, pages) select a, b from (values ('last', 3, 1), ('first', 4, -1), ('middle', 5, 0)) as v(a, b, c) order by c returning id, title, pages;
insert into book (title, pages) select a, b from (values ('p', 3, 1), ('q', 4, -1), ('r', 5, 0)) as v(a, b, c) order by c desc returning id, title;
insert into book (title, pages) select a, b::integer from (values ('p2', 3.5), ('q2', 4.4)) as v(a, b) returning title, pages;
insert into book (title, pages) select column1, column2 from (values ('p3', 3), ('q3', null)) as v returning title, pages;
insert into book (title, price) select a, 1.5 from (values ('p4'), ('q4')) as v(a) returning title, price;
--$ x|99999999.999
--$ x|abc
--$ \N|1
insert into book (title, price) select p0::varchar, p1::numeric(8, 2) from (values ($1, $2, 0)) as imp_sen(p0, p1, sen_counter) order by sen_counter returning title;
--$ 1.00555
insert into book (title, price) select 'y', p0::numeric(8, 4) from (values ($1, 0)) as imp_sen(p0, sen_counter) returning price;
insert into book (title, out) select a, b from (values ('x', '2020-01-01')) as v(a, b);
insert into book (title) select a from (values ('a1'), ('a2'), ('a3')) as v(a) limit 2;
insert into book (title) select a from (values ('b1'), ('b2'), ('b3')) as v(a) where a > 'b1' returning title;
insert into book (title) select a from (values ('same'), ('same')) as v(a) group by a returning title;
insert into book (title) select distinct a from (values ('same'), ('same')) as v(a) returning title;
insert into book (id, title) select a, b from (values (1, 'taken'), (900, 'free')) as v(a, b) on conflict (id) do update set title = excluded.title returning id, title;
insert into book (title) select upper(a) from (values ('up'), ('and')) as v(a) returning title;
select title, price, out, pages from book order by id;

-- The first row of a correlated query
insert into person values (1, 'Ann', null, 10.5), (2, 'Bob', 1, 8), (3, 'Cid', 1, null), (4, 'Dan', 2, 8);
insert into visit values (1, 1, '2020-01-03', 5), (2, 1, '2020-01-01', 7), (3, 2, '2020-01-02', null), (4, 2, '2020-01-02', 2), (5, 4, '2020-01-05', 1);
select p.name, (select v.at from visit v where v.person_id = p.id order by v.at desc limit 1) as latest from person p order by p.id;
select p.name, (select v.id from visit v where v.person_id = p.id order by v.cost, v.id limit 1) as cheapest from person p order by p.id;
select p.name, (select v.id from visit v where v.person_id = p.id order by v.cost desc nulls last, v.id fetch first row only) as dearest from person p order by p.id;
select p.name from person p where (select v.cost from visit v where v.person_id = p.id order by v.at, v.id limit 1) > 4 order by p.id;
select p.name, coalesce((select v.cost from visit v where v.person_id = p.id order by v.at limit 1), -1) from person p where p.id <> 2 order by p.id;
--$ 1
--$ 0
select p.name, (select v.at from visit v where v.person_id = p.id order by v.at desc limit $1) from person p order by p.id;
--$ -1
select p.name, (select v.at from visit v where v.person_id = p.id order by v.at desc limit $1) from person p order by p.id;
--! 0A000 IRIS takes the first of several rows in silence
--$ 2
--$ \N
select p.name, (select v.at from visit v where v.person_id = p.id order by v.at desc limit $1) from person p order by p.id;
--$ 1
select p.name from person p where p.id = (select v.person_id from visit v where v.id = p.id order by v.id limit $1::integer) order by p.id;
update person set pay = (select v.cost from visit v where v.person_id = person.id order by v.at desc limit 1) where id = 1 returning pay;
select b.name, (select x.name from person x where x.boss = b.id order by x.pay nulls first, x.name limit 1) from person b order by b.id;
--! 0A000 an OFFSET there takes a query in FROM, which sees nothing around it
select b.name, (select x.name from person x where x.boss = b.id order by x.id limit 1 offset 1) from person b order by b.id;

-- A row among the rows of a query
select id from visit where (person_id, at) in (select person_id, max(at) from visit group by person_id) order by id;
select id from visit where (person_id, cost) in (select person_id, min(cost) from visit group by person_id) order by id;
select id from visit where (person_id, at) not in (select person_id, max(at) from visit group by person_id) order by id;
select id from visit where (person_id, id) not in (select p.id, v.id from person p join visit v on v.person_id = p.id where p.boss is null) order by id;
select p.name from person p where (p.id, 5) in (select v.person_id, v.cost from visit v where v.at > '2020-01-02') order by p.name;
select p.name from person p where exists (select 1 from visit v where (v.person_id, v.id) = (p.id, 1));
select id from visit where (person_id, at) = any (select person_id, max(at) from visit group by person_id) order by id;
select id from visit where person_id = any (select id from person where boss is null) order by id;
select id from visit where person_id <> all (select id from person where boss is null) order by id;
select id from visit where (person_id, at) in ((1, '2020-01-03'), (2, '2020-01-02')) order by id;

-- Running totals where no two rows sort alike
select id, sum(cost) over (order by id) from visit order by id;
select id, sum(cost) over (partition by person_id order by id), count(*) over (partition by person_id order by id) from visit order by id;
--! 0A000 the frame ends with the peers of the row
select id, sum(cost) over (order by at) from visit order by id;
select id, sum(cost) over (order by at, id desc) from visit order by id;
--< 2024.1 0A000 last_value came with that release
select id, last_value(id) over (order by at, id) from visit order by id;
select v.id, p.name, sum(v.cost) over (partition by p.id order by v.id) from visit v join person p on p.id = v.person_id order by v.id;
select v.id, p.name, sum(v.cost) over (order by v.id) from visit v left join person p on p.id = v.person_id and p.boss = 1 order by v.id;
select v.id, p.name, sum(v.cost) over (order by v.id) from visit v, person p where p.id = v.person_id order by v.id;
select v.id, b.name, count(v.cost) over (order by v.id) from visit v join person p on p.id = v.person_id left join person b on b.id = p.boss order by v.id;
--! 0A000 persons without visits are peers
select v.id, p.name, sum(p.pay) over (order by v.id) from visit v right join person p on p.id = v.person_id order by v.id, p.id;
--! 0A000 a person has several visits
select v.id, p.name, sum(v.cost) over (order by p.id) from visit v join person p on p.id = v.person_id order by v.id;
--! 0A000 a person has several visits
select v.id, p.name, sum(v.cost) over (order by p.id) from person p left join visit v on p.id = v.person_id order by p.id, v.id;
select at, sum(sum(cost)) over (order by at) from visit group by at order by at;
select at, sum(cost), sum(count(*)) over (order by at desc) from visit group by at order by at;
select boss, sum(count(*)) over (order by boss nulls first) from person group by boss order by boss nulls last;
select person_id, at, sum(sum(cost)) over (partition by person_id order by at) from visit group by person_id, at order by 1, 2;
--! 0A000 persons have several days
select person_id, at, sum(sum(cost)) over (order by person_id) from visit group by person_id, at order by 1, 2;
select d, n, sum(n) over (order by d) from (select at as d, count(*) as n from visit group by at) q order by d;
with q as (select person_id, count(*) as n from visit group by 1) select person_id, n, sum(n) over (order by person_id) from q order by 1;
select b, count(*) over (order by b) from (select distinct boss as b from person) q order by b;

-- Lists of queries
select id from visit where id in ((select min(id) from visit), (select max(id) from visit)) order by id;
select id from visit where id not in ((select min(id) from visit), 3, (select max(id) from visit)) order by id;

-- Forms
select id from person where name like all (array['%n%', '%a%']) order by id;
select id from person where name like any (array['A%', '%b']) order by id;
select id from person where name not like all (array['A%', '%b']) order by id;
select id from person where name not like any (array['A%', '%b']) order by id;
select id from person where name like all ('{%n%,%a%}') order by id;
select id from person where name ilike all (array['%N%', '%A%']) order by id;
select id from person where name like all (array['%n%', null]) order by id;
--! 0A000 an alias of USING
select j.id from person p join visit v using (id) as j order by j.id;
--! 0A000 IRIS has no EXCLUDE
select sum(cost) over (order by id rows between unbounded preceding and unbounded following exclude current row) from visit order by id;
select count(distinct *) from visit;
insert into visit value (9, 1, '2020-01-01', 1);
insert into visit (id) value (1);
--! 0A000 named arguments
select make_date(year => 2020, month => 2, day => 29);
--! 0A000 named arguments
select make_date(2020, day := 29, month := 2);
select title, from book;
select * from book order;
select * from book order by;
select * from book limit 1, 2;
select * from book where not;
select * from book left visit;
select case when true end;
select case 1 when then 2 end;
delete book;
insert book values (1);
select current_date();
select cast(1);
update book set pages = ;
update book set pages = 1 where ;
select coalesce();
select nullif(id) from book;
create table faulty (x nothing);
create table faulty (x numeric(0));
create table faulty (x varchar(0));
create table faulty;
create table faulty (a integer, b);
select * from (select 1);
--! 0A000 a SELECT without columns
select all;
select * from book where id = 1 and;
select * from book where (id = 1;
select * from book where id = 1);
select id id2 title from book;
select * form book;
selct 1;
insert into book (title) values ('a', 'b');
insert into book (title, pages) values ('a');
select max(id from book;
update book pages = 1;
select * from book group title;
