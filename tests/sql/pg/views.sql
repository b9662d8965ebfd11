-- Views: columns, names and types are PostgreSQL's.
create table item (id integer primary key, name varchar(20), note text, price numeric(10,2), qty integer, flag boolean, d date);
insert into item values (1, 'apple', 'red', 1.50, 10, true, '2021-03-04'), (2, 'Apple', '', 2.25, 20, false, null), (3, 'pear', null, 3, null, null, '2020-02-29');
create table part (id integer primary key, item_id integer, label varchar(10));
insert into part values (1, 1, 'stem'), (2, 1, 'core'), (3, 3, 'stem');

create view plain as select id, name from item where qty > 5;
select * from plain order by id;
create view plain as select id from item;
create view starred as select * from item;
select * from starred order by id;
create view named (a, b) as select id, name from item;
select a, b from named order by a;
create view partly (a) as select id, name from item;
select * from partly order by a;
create view too (a, b, c) as select id, name from item;
create view same as select id, id from item;
--! 0A000 a column called ?column? is better named
create view nameless as select id, qty + 1, lower(name) from item;
create view computed (id, sum) as select id, qty + 1, qty * 2 as double, lower(name), note || '!' as loud, qty > 15 as many, 'lit' as word, 7 as seven from item;
create view money as select id, price * 2 as twice, price + 0.125 as more from item;
--! answer a column's scale is shown by its modifier
select * from money order by id;
select * from computed order by id;
select id from computed where many;
create view joined as select i.name, p.label from item i join part p on p.item_id = i.id;
select * from joined order by name, label;
create view all_of_it as select i.*, p.label from item i left join part p on p.item_id = i.id;
create view counted as select name, count(*), sum(qty) as total, max(d) as latest from item group by name;
select * from counted order by name;
create view united as select id, name from item union all select id, label from part;
--! answer a column's varchar without a length is IRIS's longest, as text is
select * from united order by id, name;
create view over_view as select name, total from counted where total > 5;
select * from over_view order by name;
create view withed as with q as (select id, qty from item) select id, qty from q where qty > 10;
select * from withed;
create view ordered as select id, name from item order by name desc;
select * from ordered order by id;

insert into item values (4, 'fig', 'x', 4, 40, true, null);
select * from plain order by id;
update plain set name = 'APPLE' where id = 1;
select name from item where id = 1;
delete from plain where id = 4;
select count(*) from item;

create or replace view plain as select id, name, note from item;
select * from plain order by id;
create or replace view plain as select id from item;
create or replace view plain as select id, note from item;
create view bad as select nothing from item;
create view bad as select id from nowhere;
--! 0A000 IRIS has no materialised views
create materialized view bad as select id from item;
--! 0A000 an IRIS view would outlive the session
create temporary view bad as select id from item;
--! 2BP01 IRIS's error names no view
drop view counted;
drop view over_view, counted;
select * from counted;
drop view if exists counted;
drop view if exists plain;
select * from plain;
