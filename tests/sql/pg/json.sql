-- Columns and values of json, and what there is of jsonb.
create table jso_t (id integer primary key, j json, t text);
insert into jso_t values (1, '{"a": 1, "b": [1, 2, {"c": null}]}', '{"x": true}');
insert into jso_t values (2, null, null);
insert into jso_t values (3, '[]', '');
insert into jso_t values (4, '"text"', 'not json');
insert into jso_t values (5, 'null', 'null');
insert into jso_t values (6, '12.50', '1e2');
insert into jso_t values (7, '  { "a" :  1 ,  "a":2 } ', '');
insert into jso_t values (8, '{"ü": "日本 \u00e9 \"q\" \\ \n"}', '');
select id, j from jso_t order by id;
select id, j is null from jso_t order by id;
select j from jso_t where id = 7;
select j::text from jso_t where id in (1, 7) order by id;
--! 0A000 functions of json come later
select t::json from jso_t where id = 1;
--! 0A000 functions of json come later
select t::json from jso_t where id = 4;
select '{"a": 1}'::json, json '[1,2]', 'true'::json, ' 1 '::json, '"\u00e9"'::json;
select json 'null', '-0.5e3'::json, '{}'::json, '[{}, []]'::json;
select id from jso_t where j = '[]';
select id from jso_t where j = j;
select id from jso_t where j::text = '[]' order by id;
select id from jso_t where j is not null order by id;
select j from jso_t order by j;
select distinct j from jso_t;
select j, count(*) from jso_t group by j;
select j from jso_t union select j from jso_t;
select j from jso_t where id = 3 union all select '{}';
insert into jso_t (id, j) values (20, '{a: 1}');
insert into jso_t (id, j) values (20, '{"a": 1');
insert into jso_t (id, j) values (20, '{''a'': 1}');
insert into jso_t (id, j) values (20, '');
insert into jso_t (id, j) values (20, '{"a": 1,}');
insert into jso_t (id, j) values (20, '[1 2]');
insert into jso_t (id, j) values (20, '01');
insert into jso_t (id, j) values (20, '"\x"');
insert into jso_t (id, j) values (20, '{"a": 1} x');
insert into jso_t (id, j) values (20, 'undefined');
insert into jso_t (id, j) values (20, 'NULL');
insert into jso_t (id, j) values (20, 5);
insert into jso_t (id, j) values (20, t);
insert into jso_t (id, j) select 20, t from jso_t where id = 1;
insert into jso_t (id, j) values (22, '{"k": "v"}'::json) returning j;
insert into jso_t (id, j) values (24, json '[1, 2]') returning id, j;
--$ 25|{"p": [1,2]}
--$ 26|\N
insert into jso_t (id, j) values ($1, $2) returning j;
--$ 27|{bad
insert into jso_t (id, j) values ($1, $2);
--$ {"a":1}
--$ \N
--$ [1
select $1::json;
update jso_t set j = '{"new": 1}' where id = 1 returning j;
update jso_t set j = 'bad' where id = 1;
update jso_t set j = null where id = 4 returning j;
update jso_t set j = t where id = 1;
--$ {"z": 0}|1
--$ {z}|1
update jso_t set j = $1 where id = $2;
select j from jso_t where id = 1;
--! 0A000 functions of json come later
select j ->> 'a', j -> 'b' from jso_t where id = 7;
--! 0A000 functions of json come later
select id from jso_t where j ->> 'a' = '2' order by id;
--! 0A000 functions of json come later
select '{"a": {"b": [10, 20]}}'::json -> 'a' -> 'b' ->> 1, '[1,2]'::json -> 0, '{"a": null}'::json ->> 'a';
--! 0A000 functions of json come later
select json_build_object('a', 1, 'b', 'x'), json_build_array(1, 'x', null);
--! 0A000 IRIS has no rows as values
select row_to_json(q) from (select 1 as a, 'x' as b) q;
--! 0A000 functions of json come later
select json_array_length('[1,2,3]'), json_typeof('1');
select j || 'x' from jso_t where id = 3;
select j + 1 from jso_t;
select j > '1' from jso_t;
select j like '%a%' from jso_t;
select max(j) from jso_t;
select upper(j) from jso_t;
select length(j) from jso_t;
select length(j::text) from jso_t where id = 3;
select coalesce(j, '{}') from jso_t where id = 2;
select case when id = 3 then j else '1' end from jso_t where id in (2, 3) order by id;
select count(j) from jso_t;
select count(distinct j) from jso_t;
alter table jso_t add column extra json;
select id, extra from jso_t where id = 1;
create table jso_u (id integer primary key, doc json not null);
insert into jso_u (id, doc) values (1, '{}') returning *;
insert into jso_u (id) values (2);
insert into jso_u (id, doc) values (3, null);
insert into jso_u values (1, '[]') on conflict (id) do update set doc = excluded.doc returning *;
delete from jso_u returning doc;
drop table if exists jso_t, jso_u;

-- jsonb
--! 0A000 there is no jsonb
create table jso_b (id integer primary key, b jsonb);
--! 0A000 there is no jsonb
select '{"b":1,"a":2}'::jsonb;
--! 0A000 there is no jsonb
select jsonb '[1, 2 ]';
--! 0A000 there is no jsonb
select '{"a": 1}'::json::jsonb;
--! 0A000 there is no jsonb
select jsonb_set('{"a": 1}', '{a}', '2');

-- Changes that are refused
insert into jso_t (id, j) select 21, t::json from jso_t where id = 1 returning id, j;
update jso_t set t = j where id = 1 returning t;
drop table if exists jso_b;
