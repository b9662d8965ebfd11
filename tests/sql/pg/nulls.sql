-- NULL, the empty string, and three values of truth.
create table nul_item (id integer primary key, a integer, b integer, t text, f boolean, d date, p numeric(6,2));
insert into nul_item values (1, 1, 1, 'x', true, '2021-01-01', 1), (2, 1, null, '', false, null, 2.5), (3, null, 1, null, null, '2020-01-01', null), (4, null, null, ' ', true, null, 0), (5, 2, 1, 'NULL', false, '2021-01-01', -1);

-- Predicates
select id from nul_item where a = b order by id;
select id from nul_item where not (a = b) order by id;
select id from nul_item where a <> b order by id;
select id from nul_item where a = null order by id;
select id from nul_item where a is null order by id;
select id from nul_item where a is not null order by id;
select id from nul_item where not (a is null) order by id;
select id from nul_item where a isnull order by id;
select id from nul_item where a notnull order by id;
select id from nul_item where (a = b) is null order by id;
select id from nul_item where (a = b) is not true order by id;
select id from nul_item where (a = b) is unknown order by id;
select id from nul_item where (a = b) is not unknown order by id;
select id from nul_item where (a > b) is not false order by id;
select id from nul_item where f is true order by id;
select id from nul_item where f is not true order by id;
select id from nul_item where f is false order by id;
select id from nul_item where f is not false order by id;
select id from nul_item where f is unknown order by id;
select id from nul_item where f = false or f is null order by id;
select id from nul_item where a between 0 and b order by id;
select id from nul_item where a not between 2 and b order by id;
select id from nul_item where a not between b and 5 order by id;
select id from nul_item where a in (1, b) order by id;
select id from nul_item where a not in (2, b) order by id;
select id from nul_item where a in (null) order by id;
select id from nul_item where a not in (null) order by id;
select id from nul_item where t like '%' order by id;
select id from nul_item where t not like 'x%' order by id;
select id from nul_item where t like null order by id;
select id from nul_item where t = '' order by id;
select id from nul_item where t <> '' order by id;
select id from nul_item where t is null or t = '' order by id;
select id from nul_item where coalesce(t, '') = '' order by id;
select id from nul_item where nullif(t, '') is null order by id;
select id from nul_item where length(t) = 0 order by id;
select id from nul_item where t || 'x' = 'x' order by id;
select id from nul_item where t > '' order by id;
select id from nul_item where t >= '' order by id;
select id from nul_item where trim(t) = '' order by id;
select id from nul_item where t = 'NULL' order by id;
select id from nul_item where a is distinct from b order by id;
select id from nul_item where a is not distinct from b order by id;
select id from nul_item where t is distinct from '' order by id;
select id from nul_item where t is not distinct from null order by id;
select id from nul_item where f and a = 1 order by id;
select id from nul_item where f or a = 1 order by id;
select id from nul_item where not f or not (a = 1) order by id;
select id from nul_item where not (f and a = 1) order by id;
select id from nul_item where not (f or a = 1) order by id;
select id from nul_item where (a, b) is null order by id;
select id from nul_item where (a, b) is not null order by id;
select id from nul_item where (a, b) = (1, null) order by id;
select id from nul_item where (a, b) <> (1, null) order by id;
select id from nul_item where (a, b) is distinct from (1, null) order by id;
select id from nul_item where null order by id;
select id from nul_item where null = null order by id;
select id from nul_item where null is null order by id;
select id from nul_item where case when a > 1 then true end order by id;
--$ \N
--$ 1
select id from nul_item where a = $1 or $1 is null order by id;
--$ \N
select id from nul_item where t = $1 order by id;
--$ \N
--$ 1
select id from nul_item where a is not distinct from $1 order by id;

-- As values
select id, a = b, a <> b, a < b, not (a = b) from nul_item order by id;
select id, f and a = 1, f or a = 1, not f from nul_item order by id;
select id, a is null, a = b is null, (a = b) is true from nul_item order by id;
select null and false, null and true, null or true, null or false, not null;
select null = null, null <> null, null is null, null is not null, null is distinct from null, 1 is distinct from null;
select 1 = null, 1 in (null), 1 in (1, null), 1 not in (null), 1 not in (1, null), 1 between null and 0, 1 between null and 2;
select 1 + null, null || 'a', 'a' || null, null::integer * 0, length(null), upper(null), abs(null::integer);
select coalesce(null, null, 3), coalesce(null::text, ''), nullif(1, null), nullif(null, 1), nullif('', ''), greatest(null, 1), least(null, null::integer);
select case when null then 1 else 2 end, case null when null then 1 else 2 end, case 1 when null then 1 end;
select '' is null, '' = '', '' || '', length(''), '' = ' ', '' < 'a', coalesce('', 'x'), nullif('', '') is null, concat('', null), concat(null);
select (1, null) = (1, null), (1, null) = (2, null), (1, null) is null, (null, null) is null, row(null) is null;
select concat('a', null, ''), concat_ws(',', 'a', null, '', 'b'), replace('abc', '', 'x'), position('' in 'abc'), substring('abc', 4), left('', 2), repeat('', 3);

-- Aggregates and order
select count(*), count(a), count(b), count(t), count(distinct t), sum(a), avg(b), min(t), max(t) from nul_item;
select sum(a), count(a), min(a), avg(a), bool_and(f), bool_or(f), string_agg(t, ',') from nul_item where a is null;
select bool_and(f), bool_or(f), every(f) from nul_item;
select a, count(*) from nul_item group by a order by a;
select t, count(*) from nul_item group by t order by t;
select distinct a from nul_item order by a desc;
select id from nul_item order by a nulls first, id desc;
select id from nul_item order by t desc nulls last;
select id from nul_item order by t desc;
select id from nul_item order by f, id;
select id from nul_item order by a = b, id;
select a + b as s from nul_item order by s;
--! 0A000 IRIS's LIST has no order
select string_agg(t, '|' order by id) from nul_item;
select x.id, y.id from nul_item x join nul_item y on x.a = y.b order by 1, 2;
select x.id, y.id from nul_item x left join nul_item y on x.a = y.b and y.id = 3 order by 1, 2;

-- Columns that are NOT NULL, with and without defaults
create table nul_strict (id serial primary key, n integer not null default 5, t text not null default 'd', f boolean not null default true, p numeric(6,2) not null default 1.5, free text default 'free', bare integer not null);
insert into nul_strict (bare) values (1);
insert into nul_strict (bare, n) values (1, null);
insert into nul_strict (bare, t) values (1, null);
insert into nul_strict (bare, f) values (1, null);
insert into nul_strict (bare, p) values (1, null);
insert into nul_strict (bare, free) values (2, null);
insert into nul_strict (bare, t, free) values (3, '', '');
insert into nul_strict (bare, n, t) values (4, default, default);
insert into nul_strict (n) values (1);
insert into nul_strict (bare) values (null);
insert into nul_strict (bare, n) values (5, 1), (6, null);
insert into nul_strict (bare, n) select a, b from nul_item where id = 2;
insert into nul_strict (bare, n) select a, b from nul_item where id = 3;
insert into nul_strict (bare) select nullif(1, 1);
insert into nul_strict (bare, n) values (7, nullif(1, 1));
insert into nul_strict (id, bare) values (null, 1);
--$ 8|\N
--$ \N|8
insert into nul_strict (bare, n) values ($1, $2);
update nul_strict set n = null where bare = 1;
update nul_strict set free = null where bare = 3;
update nul_strict set free = '' where bare = 1;
--$ \N|1
update nul_strict set n = $1 where bare = $2;
select n, t, f, p, free, free is null, bare from nul_strict order by bare;
insert into nul_item values (null, 1);
insert into nul_item (a) values (1);
update nul_item set id = null where id = 1;
update nul_item set t = '' where t is null;
update nul_item set t = null where t = ' ';
update nul_item set a = b, b = a where id = 2;
select id, a, b, t, t is null from nul_item order by id;
drop table if exists nul_item, nul_strict;
