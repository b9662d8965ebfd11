-- VALUES as a query, names for columns of queries, DELETE … USING.
create table stock (id integer primary key, name varchar(10), n integer);
create table moved (stock_id integer, n integer, why text);
create table alias_of (id integer primary key, label text);

values (1);
values (1, 'a'), (2, 'b');
values (1, 'a'), (2, null), (null, 'c');
values (1, 2), (3);
values (3), (1), (2) order by 1;
values (3), (1), (2) order by column1 desc limit 2;
values (3), (1), (2) limit 1 offset 1;
values (true), (false);
values (date '2021-02-03', 1.5), (null, 2.5);
--$ 1|x
--$ \N|y
values ($1::integer, $2), (7, 'z');
select * from (values (1, 'a'), (2, 'b')) as v;
select * from (values (1, 'a'), (2, 'b')) as v (id, label) where id > 1;
select v.label from (values (1, 'a'), (2, 'b')) v (id, label) order by v.id desc;
select id, column2 from (values (1, 'a'), (2, 'b')) as v (id);
select * from (values (1)) as v (a, b);
select max(x), count(*) from (values (1), (5), (3)) as v (x);
select a, b from (select 1, 'x') as q (a, b);
select a from (select 1 as b union all select 2) as q (a) order by a;
with q (a, b) as (select 1, 'x' union all select 2, 'y') select b, a from q order by a;
with v (n) as (values (1), (2), (3)) select sum(n) from v;
insert into stock select * from (values (1, 'one', 10), (2, 'two', 20), (3, 'three', 30), (4, 'four', 40)) as v (a, b, c);
insert into stock (id, name) values (5, 'five'), (6, 'six');
select * from stock order by id;
select s.name, v.word from stock s join (values (1, 'uno'), (3, 'tres')) as v (id, word) on v.id = s.id order by s.id;
select name from stock where id in (values (1), (2)) order by id;
values (default);

insert into moved values (1, 5, 'a'), (1, 6, 'b'), (3, 1, 'c'), (9, 1, 'd');
insert into alias_of values (2, 'x'), (3, 'y');
delete from stock using moved where stock.id = moved.stock_id and moved.n > 4;
select id from stock order by id;
delete from stock s using moved m, alias_of a where s.id = m.stock_id and a.id = s.id and label = 'y';
select id from stock order by id;
delete from stock s using (select stock_id + 1 as id from moved) q where q.id = s.id;
select id from stock order by id;
delete from stock using alias_of where id = 2;
delete from stock using moved where n = 1;
delete from stock using moved where nothing = 1;
delete from stock using moved as stock where true;
delete from stock using moved where why = 'nobody';
delete from stock using moved;
select count(*) from stock;
insert into stock values (1, 'x', 1);
delete from stock using stock other where stock.id > other.id;

-- A name inside a subquery that means a column outside: IRIS would take ID for the row id
select name from stock where exists (select 1 from moved where stock_id = id) order by 1;
select name, (select count(*) from moved where stock_id = id) from stock order by 1;
select name from stock where n in (select stock_id as name from moved order by name limit 1) order by 1;
select id, (select sum(n) as id from moved where stock_id = id group by stock_id order by id) from stock order by stock.id;

-- UPDATE … FROM
create table acct (id integer primary key, owner varchar(10), total integer, note text, rate numeric(5,2));
create table delta (acct_id integer primary key, n integer, memo text, rate numeric(6,3), factor numeric(4,2));
create table couple (a integer, b integer, v text, unique (a, b));
create table loose (acct_id integer, n integer);
insert into acct values (1, 'ann', 100, 'x', 1), (2, 'bob', 200, null, 2), (3, 'cid', null, 'z', 3), (4, 'dan', 400, 'w', 4);
insert into delta values (1, 5, 'one', 1.125, 1.5), (2, null, 'two', null, 2.5), (9, 1, 'nine', 9, 9);
insert into couple values (1, 1, 'p11'), (1, 2, 'p12'), (2, 200, 'p2');
insert into loose values (1, 1), (1, 2), (2, 3);
update acct set total = total + d.n, note = d.memo from delta d where d.acct_id = acct.id;
select * from acct order by id;
update acct a set total = n, note = 'seen' from delta where a.id = acct_id and owner <> 'bob';
select * from acct order by id;
update acct set total = factor * 3, rate = delta.rate from delta where acct_id = id;
select * from acct order by id;
update acct set note = v from couple where couple.a = acct.id and couple.b = 1;
update acct set note = v from couple where couple.a = acct.id and couple.b = total;
select id, note from acct order by id;
--$ 10|2
--$ \N|1
update acct set total = $1, note = memo from delta where acct_id = id and id = $2;
select id, total, note from acct order by id;
update acct set total = l.n from loose l where l.acct_id = acct.id;
update acct set total = o.total from acct o where o.id = acct.id;
update acct set total = 1 from delta, loose where delta.acct_id = acct.id;
update acct set total = rate from delta where acct_id = id;
update acct set total = 1 from nowhere where nowhere.id = acct.id;
update acct set total = d.n from delta d where d.acct_id = acct.id and d.acct_id = 77;
update acct set total = (select max(n) from loose) from delta where acct_id = id;
