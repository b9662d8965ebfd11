-- Array literals beside ANY and ALL.
create table arr_item (id integer primary key, n integer, big bigint, small smallint, t text, v varchar(10), p numeric(6,2), d date, u uuid, b boolean);
insert into arr_item values (1, 1, 9000000000, 1, 'a', 'a', 1.50, '2021-01-01', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true), (2, 2, 2, 2, 'B', 'b', 2, '2021-01-02', null, false), (3, null, null, null, null, null, null, null, null, null), (4, 0, 0, 0, '', '', 0, '1999-12-31', null, null), (5, -5, -5, -5, 'x,y', '"q"', -1.25, '2021-01-01', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true), (6, 6, 6, 6, 'NULL', 'a b', 6.6, null, null, false);

-- = ANY
select id from arr_item where n = any('{1,2,6}') order by id;
select id from arr_item where n = any('{1,2,6}'::int[]) order by id;
select id from arr_item where n = any('{1,2,6}'::integer[]) order by id;
select id from arr_item where n = any(cast('{1,2}' as int4[])) order by id;
select id from arr_item where n = any('{1,NULL}'::int[]) order by id;
select id from arr_item where n = any('{}'::int[]) order by id;
select id from arr_item where n = any('{NULL}'::int[]) order by id;
select id from arr_item where n = any(null::int[]) order by id;
select id from arr_item where n = any(null) order by id;
select id from arr_item where big = any('{9000000000,2}'::bigint[]) order by id;
select id from arr_item where big = any('{2,6}'::int[]) order by id;
select id from arr_item where small = any('{1,-5}'::int2[]) order by id;
select id from arr_item where small = any('{1,-5}'::int8[]) order by id;
select id from arr_item where n = any('{1,6}'::int8[]) order by id;
select id from arr_item where p = any('{1.5,2.00,6.60}'::numeric[]) order by id;
select id from arr_item where d = any('{2021-01-01,1999-12-31}'::date[]) order by id;
select id from arr_item where u = any('{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'::uuid[]) order by id;
select id from arr_item where b = any('{t}'::bool[]) order by id;
select id from arr_item where b = any('{true,false}'::boolean[]) order by id;
select id from arr_item where 1 = any(array[n, small]) order by id;
select id from arr_item where n = any(array[id, 2]) order by id;
select id from arr_item where n = any (array[1, null, 6]) order by id;
select id from arr_item where n = some('{1,2}'::int[]) order by id;
select id from arr_item where n = any('{ 1 , 2 }'::int[]) order by id;
select id from arr_item where n in (1, null, 6) order by id;

-- Texts
select id from arr_item where t = any('{a,B}') order by id;
select id from arr_item where t = any('{A,b}') order by id;
select id from arr_item where t = any('{"x,y",""}') order by id;
select id from arr_item where t = any('{"x,y",""}'::text[]) order by id;
select id from arr_item where t = any('{NULL,a}'::text[]) order by id;
select id from arr_item where t = any('{"NULL",a}'::text[]) order by id;
--! 0A000 IRIS has no arrays
select id from arr_item where v = any('{a,"\"q\"","a b"}'::varchar[]) order by id;
select id from arr_item where v = any('{a,"\"q\"",a b}'::text[]) order by id;
select id from arr_item where v = any(array['a', '"q"']) order by id;
select id from arr_item where v = any(array['a', '"q"']::text[]) order by id;
select id from arr_item where v = any(array['a', 'b']::varchar[]) order by id;
--! 0A000 IRIS has no arrays
select id from arr_item where t = any(string_to_array('a|B', '|')) order by id;
select id from arr_item where lower(t) = any('{b,a}') order by id;
select id from arr_item where t like any('{a%,%y}') order by id;
select id from arr_item where t ilike any(array['A%', 'b%']) order by id;

-- <> ALL and its relatives
select id from arr_item where n <> all('{1,2}') order by id;
select id from arr_item where n <> all('{1,2,NULL}'::int[]) order by id;
select id from arr_item where n <> all('{}'::int[]) order by id;
select id from arr_item where not (n = any('{1,2}'::int[])) order by id;
select id from arr_item where not (n = any('{1,2,NULL}'::int[])) order by id;
select id from arr_item where not (n = any('{}'::int[])) order by id;
select id from arr_item where not (n <> all('{1,2}'::int[])) order by id;
select id from arr_item where not n = any('{1}') order by id;
select id from arr_item where n > any('{1,5}'::int[]) order by id;
select id from arr_item where n > all('{-1,0}'::int[]) order by id;
select id from arr_item where n >= all('{-1,NULL}'::int[]) order by id;
select id from arr_item where n < all('{}'::int[]) order by id;
select id from arr_item where n < any('{}'::int[]) order by id;
select id from arr_item where n <= any('{NULL,0}'::int[]) order by id;
select id from arr_item where n <> any('{1}'::int[]) order by id;
select id from arr_item where n <> any('{1,2}'::int[]) order by id;
select id from arr_item where n = all('{1,1}'::int[]) order by id;
select id from arr_item where t <> all('{a,""}') order by id;
select id from arr_item where n not in (1, null) order by id;
select id from arr_item where (n = any('{1,NULL}')) is null order by id;
select id from arr_item where (n <> all('{1,NULL}')) is not false order by id;

-- As values
select id, n = any('{1,NULL}'::int[]) from arr_item order by id;
select id, n = any('{1,2}'::int[]) as hit, n <> all('{1,2}'::int[]) as miss from arr_item order by id;
select id, n = any('{}'::int[]), n <> all('{}'::int[]) from arr_item order by id;
select id, n <> all('{1,NULL}'::int[]), not (n <> all('{1,NULL}'::int[])) from arr_item order by id;
select 1 = any('{1,2}'), 3 = any('{1,2}'), 3 = any('{1,NULL}'), null = any('{1,2}'::int[]);
select 1 <> all('{1,2}'), 3 <> all('{1,2}'), 3 <> all('{1,NULL}'), 1 <> all('{1,NULL}');
select 1.0 = any('{1,2}'), 'a' = any('{a,b}'), true = any('{f}'), date '2021-01-01' = any('{2021-01-01}');
select 1 = any(array[1, 2]), 'a' = any(array['a', null]), 2 = any(array[1, 2.0]);
select case when n = any('{1,2}') then 'low' else 'other' end, count(*) from arr_item group by 1 order by 1;
select count(*) filter (where n = any('{1,2}')) from arr_item;
select count(*) from arr_item group by n = any('{1,2}') order by 1;

-- Parameters
--$ {1,2}
--$ {}
--$ \N
--$ {NULL}
--$ {1,NULL}
select id from arr_item where n = any($1) order by id;
--$ {1,2}
--$ {NULL,1}
--$ {}
select id from arr_item where n <> all($1) order by id;
--$ {a,B}
--$ {"x,y",NULL}
--$ {"\"q\""}
select id from arr_item where t = any($1::text[]) order by id;
--$ {9000000000}
select id from arr_item where big = any($1::bigint[]) order by id;
--$ {a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}
select id from arr_item where u = any($1) order by id;
--$ 2
--$ \N
select $1 = any('{1,2}'::int[]);
--$ {1,x}
select id from arr_item where n = any($1);
--$ 1,2
select id from arr_item where n = any($1);

-- Changes
update arr_item set v = 'hit' where id = any('{1,2}'::int[]);
delete from arr_item where id = any('{2,99}');
select id, v from arr_item order by id;

-- What is wrong
select id from arr_item where n = any('1,2');
select id from arr_item where n = any('{1,2');
select id from arr_item where n = any('{1,x}'::int[]);
select id from arr_item where n = any('{1,99999999999}'::int[]);
select id from arr_item where n = any('{a}'::text[]);
select id from arr_item where t = any('{1}'::int[]);
select id from arr_item where n = any(1);
select id from arr_item where n = any(id);
select id from arr_item where n = '{1,2}'::int[];
select array[1, 'x'];
select array[1, true];
--! 0A000 IRIS has no arrays
select '{1,2}'::int[];
--! 0A000 IRIS has no arrays
select array[1, 2, null];
--! 0A000 IRIS has no arrays
select array['a', 'b c', 'd"e', null, ''];
--! 0A000 IRIS has no arrays
select '{a,"b c"}'::text[];
drop table if exists arr_item;
