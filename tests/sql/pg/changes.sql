-- RETURNING, ON CONFLICT, and changes that take several statements of IRIS.
create table box (id serial primary key, code varchar(10) unique, label varchar(20) default 'none', n integer not null default 5, price numeric(8,2), flag boolean not null default false, at date);
create table part (id integer primary key, box_id integer, qty integer not null, name text);
create table grid (a integer, b integer, v text, n integer not null default 0, primary key (a, b));

-- INSERT … RETURNING
insert into box (code) values ('a') returning id, code, label, n, price, flag, at;
insert into box (code, n) values ('b', 1), ('c', 2) returning id, n * 10 as tens, upper(code);
insert into box (code, n) values ('d', default), ('e', 7) returning *;
insert into box (code, label) values (lower('F'), 'x' || 'y'), ('g', null) returning id, code, label;
insert into box default values returning id, n, label;
--$ h|12|3.456
--$ i|13|\N
insert into box (code, n, price) values ($1, $2, $3) returning code, n, price, n + 1;
insert into box (code, n) values ('j', null) returning id;
insert into box (code, n) values ('k', 1), ('l', null) returning id;
select count(*) from box where code in ('j', 'k', 'l');
insert into box (code) values ('a') returning id;
insert into box (code, label) values ('much too long for it', 'x');
insert into box (code) select 'much too long for it';
insert into box (code, label) select 'm', 'this label is far too long for it' returning id;
insert into box (code, n, price) select 'n', 2.5, 1.005;
select code, n, price from box where code = 'n';
insert into box (code, n) select name, qty from part returning id;
insert into part select 1, 1, 10, 'bolt' returning *;
insert into part values (2, 1, 20, 'nut'), (3, 2, 30, null), (4, null, 40, 'screw'), (5, 9, 50, 'x') returning id + 1 as next, name is null as unnamed;
insert into part (id, qty) values (6, 1 + (select max(qty) from part)) returning qty;
insert into part (id, qty) values (7, (select qty from part)) returning qty;
insert into part (id, qty) select id + 100, qty from part where box_id = 1 returning id, qty;
insert into box (code, n) values ('o', (select min(qty) from part where id = 999));
insert into box (code, n) values ('p', 99999999999);
insert into box (code, flag) values ('q', true), ('r', 1 = 1) returning code, flag, not flag;
insert into box (code, at) values ('s', '2020-02-30');
insert into box (code, at) values ('s', '2020-02-29') returning at, at + 1;
insert into box (code) values ('t') returning (select count(*) from part), box.code, box.n;
insert into box as x (code) values ('u') returning x.code;
insert into box (code) values ('v') returning nothing;

-- ON CONFLICT
insert into grid (a, b, v) values (1, 1, 'x'), (1, 2, 'y') on conflict do nothing;
insert into grid (a, b, v) values (1, 1, 'z'), (2, 1, 'w') on conflict do nothing returning a, b, v;
insert into grid (a, b, v) values (1, 1, 'z'), (2, 2, 'w') on conflict (a, b) do nothing returning a, b, v;
insert into grid (a, b, v, n) values (1, 1, 'new', 3) on conflict (a, b) do update set v = excluded.v, n = grid.n + excluded.n returning *;
insert into grid (a, b, v) values (1, 1, 'no') on conflict (a, b) do update set v = excluded.v where grid.n > 100 returning *;
insert into grid (a, b, v) values (1, 1, 'p'), (3, 3, 'q'), (1, 2, 'r') on conflict (b, a) do update set v = excluded.v || '!' returning a, b, v;
insert into grid (a, b, v) values (5, 5, 'a'), (5, 5, 'b') on conflict (a, b) do update set v = excluded.v;
insert into grid (a, b, v) values (5, 5, 'a'), (5, 5, 'b') on conflict (a, b) do nothing;
insert into grid (a, b, v) values (1, 1, 'k') on conflict on constraint grid_pkey do update set (v, n) = (excluded.v, 9);
--! 0A000 IRIS says no default in UPDATE
insert into grid (a, b, n) values (1, 1, 4) on conflict (a, b) do update set n = default;
update grid set n = 0 where a = 1 and b = 1;
insert into grid (a, b, n) values (1, 1, 4) on conflict (a, b) do update set n = null;
insert into grid (a, b, v) select a, b, 'copy' from grid on conflict (a, b) do update set v = excluded.v, n = grid.n + 1;
select * from grid order by a, b;
insert into grid (a, b, v) values (1, 1, 'x') on conflict (a) do nothing;
insert into grid (a, b, v) values (1, 1, 'x') on conflict do update set v = 'y';
insert into grid values (1, 1, 'x', 0);
insert into box (code, n) values ('a', 50), ('zz', 51) on conflict (code) do update set n = excluded.n returning code, n;
--! 0A000 a default that excluded names is not known here
insert into box (code, n) values ('a', 60) on conflict (code) do update set n = 1, label = coalesce(excluded.label, 'nil') returning n, label;
insert into box (code, n, label) values ('a', 60, null) on conflict (code) do update set n = 1, label = coalesce(excluded.label, 'nil') returning n, label;
insert into box (id, code) values (1, 'aa') on conflict (code) do nothing;
insert into box (code) values (null), (null) on conflict (code) do nothing returning code is null;
--$ a|5
--$ bb|6
insert into box (code, n) values ($1, $2) on conflict (code) do update set n = excluded.n + 1 returning n;

-- UPDATE … RETURNING
update part set qty = qty + 1 where id < 3 returning id, qty;
update part set qty = qty * 2, name = upper(name) where name is not null returning qty > 20, name = upper(name);
update part set qty = 0 where id = 999 returning id;
update part set qty = null where id = 1 returning id;
update part set id = id + 1000 where id in (1, 2) returning id;
update part set id = id - 1000 where id > 1000 returning *;
update part p set name = b.code from box b where b.id = p.box_id and b.code in ('a', 'b') returning b.code = p.name, b.n is null;
update part set qty = x.s from (select box_id, sum(qty) as s from part group by box_id) x where x.box_id = part.box_id;
update part set qty = b.n from box b where b.id = part.box_id;
update part set qty = 7 from part o where o.id = part.id + 1 and part.id < 3 returning part.id, o.id;
update part set name = 'same' from grid where part.id = 1;
update part set qty = grid.n from grid where part.id = 2 and grid.a = 3;
update part set name = default, qty = 2.5 where id = 3 returning name, qty;
update part set qty = (select qty from part) where id = 1;
update part set name = (select code from box where id = 1) where id = 1 returning name;
update part set (qty, name) = (8, 'eight') where id = 2 returning qty, name;
--$ 5|15
update part set qty = qty + $2 where id = $1 returning id, qty, $2 + 1;
update box set code = 'much too long for it' where id = 1;
update box set code = code || '12345678901' where id = 1;
update box set price = 12345678 where id = 1;
update box set price = price + 1.555 where code = 'h' returning price;
update box set n = 1.5 where code = 'h' returning n;
update box set n = price where code = 'h' returning n;
--! 0A000 IRIS says no default in UPDATE
update box set label = default where code = 'b';
select id, box_id, qty, name from part order by id;

-- DELETE … RETURNING
delete from part where id > 100 returning id, qty;
delete from part using box b where b.id = part.box_id and b.code = 'b' returning part.id, b.code;
delete from part p using part o where o.id = p.id - 1 and o.id = 1 returning p.id;
delete from part where id = 12345 returning *;
delete from part where box_id is null and name is not null;
delete from part using part o where o.id > part.id and part.id = 1;
select id from part order by id;
delete from part returning count(*);
delete from grid where a = 1 and b = 2 returning a, b, v, n, a + b as sum;
delete from grid returning v;
begin;
insert into grid (a, b) values (1, 1) returning a;
update grid set v = 'in' returning v;
savepoint s;
delete from grid returning a;
rollback to s;
select * from grid;
rollback;
select count(*) from grid;

drop table grid;
drop table part;
drop table box;
