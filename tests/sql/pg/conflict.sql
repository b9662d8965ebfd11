-- INSERT … ON CONFLICT.
create table con_user (id integer primary key, email text unique, name text, visits integer default 0, score numeric(8,2));
create table con_pair (a integer, b text, n integer default 1, primary key (a, b));
create table con_named (id integer constraint con_named_pk primary key, code varchar(8), constraint con_code unique (code), n integer);
create table con_free (a integer, b integer);
create table con_serial (id serial primary key, word text unique not null, n integer not null default 1);
insert into con_user values (1, 'a@x', 'Ann', 1, 1.5), (2, 'b@x', 'Bob', 2, null), (3, null, 'Cid', null, 3);

-- DO NOTHING
insert into con_user (id, name) values (1, 'new') on conflict do nothing;
insert into con_user (id, name) values (1, 'new') on conflict (id) do nothing;
insert into con_user (id, email) values (10, 'a@x') on conflict do nothing;
insert into con_user (id, email) values (10, 'a@x') on conflict (email) do nothing;
insert into con_user (id, email) values (10, 'a@x') on conflict (id) do nothing;
insert into con_user (id, email) values (10, 'A@X') on conflict (email) do nothing;
insert into con_user (id, email) values (11, null) on conflict (email) do nothing;
insert into con_user (id, name) values (1, 'x'), (12, 'new'), (12, 'again'), (2, 'y') on conflict do nothing;
insert into con_user (id, name) values (1, 'x'), (13, 'new') on conflict (id) do nothing returning id, name;
insert into con_user (id, name) values (1, 'x') on conflict do nothing returning id;
insert into con_user (id, name) select id, 'sel' from con_user where id < 3 on conflict do nothing;
insert into con_user (id, name) select id + 20, 'sel' from con_user where id < 3 on conflict do nothing returning id;
--$ 1|e1
--$ 14|e14
insert into con_user (id, email) values ($1, $2) on conflict do nothing;
select * from con_user order by id;
insert into con_free values (1, 1) on conflict do nothing;
insert into con_free values (1, 1) on conflict do nothing;
select count(*) from con_free;

-- DO UPDATE
insert into con_user (id, name) values (1, 'Anna') on conflict (id) do update set name = excluded.name;
insert into con_user (id, name) values (1, 'Annb') on conflict (id) do update set name = excluded.name returning *;
insert into con_user (id, name) values (15, 'Fifteen') on conflict (id) do update set name = excluded.name returning id, name;
insert into con_user (id, name, visits) values (1, 'z', 5) on conflict (id) do update set visits = con_user.visits + excluded.visits returning visits;
insert into con_user (id, name, visits) values (1, 'z', 5) on conflict (id) do update set visits = visits + 1 returning visits;
insert into con_user (id, name) values (1, 'z') on conflict (id) do update set visits = con_user.visits + 1, name = con_user.name || '+' || excluded.name returning name, visits;
insert into con_user as u (id, name) values (1, 'w') on conflict (id) do update set visits = u.visits + 1 returning u.visits, u.name;
insert into con_user as u (id, name) values (1, 'w') on conflict (id) do update set visits = con_user.visits + 1;
insert into con_user (id, name) values (2, 'B') on conflict (id) do update set name = excluded.name where con_user.visits > 1 returning id, name;
insert into con_user (id, name) values (2, 'BB') on conflict (id) do update set name = excluded.name where con_user.visits > 100 returning id, name;
insert into con_user (id, name) values (3, 'CC') on conflict (id) do update set name = excluded.name where con_user.visits > 0;
insert into con_user (id, name) values (3, 'CC') on conflict (id) do update set name = excluded.name where excluded.name <> con_user.name returning name;
insert into con_user (id, email, name) values (16, 'a@x', 'byemail') on conflict (email) do update set name = excluded.name returning id, email, name;
insert into con_user (id, email, name) values (1, 'b@x', 'k') on conflict (id) do update set email = excluded.email;
insert into con_user (id, email, name) values (1, 'b@x', 'k') on conflict (email) do update set name = 'never';
insert into con_user (id, score) values (1, 2.345) on conflict (id) do update set score = excluded.score returning score;
insert into con_user (id, score) values (1, 2) on conflict (id) do update set score = con_user.score * excluded.score returning score;
insert into con_user (id) values (1) on conflict (id) do update set (name, visits) = ('tuple', 9) returning name, visits;
insert into con_user (id, name) values (1, 'p'), (2, 'q'), (17, 'r') on conflict (id) do update set name = excluded.name returning id, name;
insert into con_user (id, name) values (1, 'p'), (1, 'q') on conflict (id) do update set name = excluded.name;
insert into con_user (id, name) values (18, 'p'), (18, 'q') on conflict (id) do update set name = excluded.name;
select count(*) from con_user where id = 18;
insert into con_user (id, name) select id, upper(name) from con_user where id in (2, 15) on conflict (id) do update set name = excluded.name;
insert into con_user (id, visits) values (1, 3) on conflict (id) do update set visits = (select max(visits) from con_user) + excluded.visits returning visits;
insert into con_user (id, visits) values (1, 3) on conflict (id) do update set visits = case when excluded.visits > 2 then 100 else 0 end returning visits;
insert into con_user (id, name) values (1, null) on conflict (id) do update set name = coalesce(excluded.name, con_user.name) returning name;
insert into con_user (id, visits) values (1, null) on conflict (id) do update set visits = excluded.visits returning visits is null;
insert into con_user (id, name) values (19, 'd') on conflict (id) do update set name = excluded.name where false returning id;
--$ 1|Par
--$ 30|Par
--$ 30|\N
insert into con_user (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name returning id, name;
--$ 1|x|7
insert into con_user (id, name) values ($1, $2) on conflict (id) do update set visits = $3 returning id, name, visits;
select * from con_user order by id;

-- Composite and named keys
insert into con_pair (a, b) values (1, 'x'), (1, 'y'), (2, 'x') on conflict (a, b) do nothing;
insert into con_pair (a, b) values (1, 'x') on conflict (a, b) do update set n = con_pair.n + 1 returning *;
insert into con_pair (a, b) values (1, 'x') on conflict (b, a) do update set n = con_pair.n + 1 returning *;
insert into con_pair (a, b) values (1, 'X') on conflict (a, b) do update set n = 100 returning *;
insert into con_pair (a, b) values (1, 'x') on conflict on constraint con_pair_pkey do update set n = 50 returning n;
insert into con_pair (a, b) values (3, '') on conflict (a, b) do update set n = 2 returning n;
insert into con_pair (a, b) values (3, '') on conflict (a, b) do update set n = 2 returning n;
insert into con_pair (a, b) values (1, 'x') on conflict (a, b) do update set b = 'y';
insert into con_pair (a, b) values (1, 'x') on conflict (a, b) do update set b = 'moved' returning a, b;
insert into con_pair (a, b) values (4, null) on conflict do nothing;
select * from con_pair order by a, b;
insert into con_named values (1, 'c1', 1), (2, 'c2', 2);
insert into con_named values (1, 'c9', 9) on conflict on constraint con_named_pk do update set n = excluded.n returning *;
insert into con_named values (9, 'c2', 9) on conflict on constraint con_code do update set n = excluded.n returning *;
insert into con_named values (9, 'c2', 9) on conflict on constraint con_code do nothing returning *;
insert into con_named values (9, 'C2', 9) on conflict (code) do nothing returning *;
insert into con_named values (1, 'c2', 7) on conflict on constraint con_named_pk do update set code = excluded.code;
insert into con_serial (word) values ('a'), ('b') on conflict (word) do update set n = con_serial.n + 1 returning word, n;
insert into con_serial (word) values ('a'), ('c') on conflict (word) do update set n = con_serial.n + 1 returning word, n;
insert into con_serial (word) values (null) on conflict (word) do nothing;
insert into con_serial (word, n) values ('a', null) on conflict (word) do nothing;
insert into con_serial (word) values ('a') on conflict (word) do update set n = null;
select word, n from con_serial order by word;

-- What is wrong
insert into con_user (id) values (1) on conflict (name) do nothing;
insert into con_user (id) values (1) on conflict (id, email) do nothing;
insert into con_pair (a, b) values (1, 'x') on conflict (a) do nothing;
insert into con_free values (1, 1) on conflict (a) do update set b = 2;
insert into con_user (id) values (1) on conflict (nothing) do nothing;
insert into con_user (id) values (1) on conflict on constraint nothing do nothing;
insert into con_user (id) values (1) on conflict do update set name = 'x';
insert into con_user (id) values (1) on conflict (id) do update set nothing = 1;
insert into con_user (id) values (1) on conflict (id) do update set name = excluded.nothing;
insert into con_user (id) values (1) on conflict (id) do update set name = nothing.name;
insert into con_user (id) values (1) on conflict (id) do update set visits = 'abc';
insert into con_user (id) values (1) on conflict (id) do update set visits = 'abc' || 'd';
insert into con_user (id) values (1) on conflict (id) do update set name = 'a', name = 'b';
insert into con_user (id) values (1) on conflict (id) do update set visits = count(*);
insert into con_user (id) values (1) on conflict (id) do update set visits = 1 where 5;
insert into con_user (id) values (1) on conflict (id) do update set visits = 1 where id = 1;
insert into con_user (id) values (1) on conflict (id) do update;
insert into con_user (id) values (1) on conflict (id);
insert into con_user (id) values ('x') on conflict (id) do nothing;
select id, name, visits from con_user where id = 1;
drop table if exists con_user, con_pair, con_named, con_free, con_serial;
