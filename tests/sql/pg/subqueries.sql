-- Subqueries.
create table sub_dept (id integer primary key, name text, boss integer, budget numeric(10,2));
create table sub_emp (id integer primary key, dept_id integer, name text, pay integer, hired date);
insert into sub_dept values (1, 'dev', 1, 100.50), (2, 'ops', 4, 50), (3, 'hr', null, null), (4, '', 99, 0);
insert into sub_emp values (1, 1, 'ann', 100, '2020-01-01'), (2, 1, 'bob', 80, '2021-01-01'), (3, 1, 'cid', null, '2021-06-01'), (4, 2, 'dan', 80, null), (5, 2, '', 60, '2019-01-01'), (6, null, null, 10, '2021-01-01');

-- Scalar
select (select 1);
select (select 1) + 1, (select 'a') || 'b', (select null::integer) is null;
select (select name from sub_dept where id = 1), (select name from sub_dept where id = 99);
select (select name from sub_dept where id < 3);
select (select name from sub_dept order by id limit 1);
select (select name from sub_dept order by id desc limit 1) as last;
select (select count(*) from sub_emp), (select max(pay) from sub_emp), (select sum(pay) from sub_emp where false);
select (select id, name from sub_dept where id = 1);
select name, (select count(*) from sub_emp e where e.dept_id = d.id) as n from sub_dept d order by d.id;
select name, (select max(e.name) from sub_emp e where e.dept_id = d.id) from sub_dept d order by d.id;
select name, (select e.name from sub_emp e where e.id = d.boss) as boss from sub_dept d order by d.id;
select name from sub_dept d order by d.id;
select name, (select e.name from sub_emp e where e.dept_id = d.id order by e.pay desc nulls last limit 1) from sub_dept d order by d.id;
select name, (select sum(pay) from sub_emp where dept_id = sub_dept.id) as s from sub_dept order by s, id;
select name, coalesce((select sum(pay) from sub_emp where dept_id = sub_dept.id), 0) as s from sub_dept order by id;
select id from sub_emp where pay = (select max(pay) from sub_emp) order by id;
select id from sub_emp where pay > (select pay from sub_emp where id = 5) order by id;
select id from sub_emp where pay > (select pay from sub_emp where id = 99) order by id;
select id from sub_emp where pay = (select pay from sub_emp where dept_id = 1);
select id from sub_emp e where pay = (select max(pay) from sub_emp x where x.dept_id = e.dept_id) order by id;
select id from sub_emp where (select budget from sub_dept where sub_dept.id = dept_id) > 60 order by id;
select id, pay - (select min(pay) from sub_emp) as diff from sub_emp order by id;
select id from sub_emp order by (select name from sub_dept d where d.id = dept_id), id;
select case when (select count(*) from sub_emp) > 5 then 'many' else 'few' end;
select sum((select 1)) from sub_emp;
select dept_id, (select name from sub_dept where id = dept_id) as d, count(*) from sub_emp group by dept_id order by dept_id;

-- EXISTS
select id from sub_dept d where exists (select 1 from sub_emp e where e.dept_id = d.id) order by id;
select id from sub_dept d where not exists (select 1 from sub_emp e where e.dept_id = d.id) order by id;
select id from sub_dept d where exists (select * from sub_emp e where e.dept_id = d.id and e.pay is null) order by id;
select id from sub_dept d where exists (select null from sub_emp e where e.dept_id = d.id) order by id;
select id from sub_dept d where exists (select 1 / 0 from sub_emp e where e.dept_id = d.id) order by id;
select id from sub_dept d where exists (select count(*) from sub_emp e where e.dept_id = d.id) order by id;
select exists (select 1 from sub_emp where id = 1), exists (select 1 from sub_emp where id = 99), not exists (select 1 from sub_emp where false);
select id, exists (select 1 from sub_emp e where e.dept_id = d.id) as has from sub_dept d order by id;
select id from sub_dept d where exists (select 1 from sub_emp e where e.dept_id = d.id and exists (select 1 from sub_dept x where x.boss = e.id)) order by id;
select id from sub_emp e where exists (select 1 from sub_dept where id = e.dept_id and boss = e.id) order by id;
select exists (select 1 from sub_emp where id = 1) and true as "exists";
select count(*) from sub_dept d where exists (select 1 from sub_emp e where e.dept_id = d.id) or d.id = 4;
select exists (select 1 from sub_emp limit 0);

-- IN
select id from sub_emp where dept_id in (select id from sub_dept) order by id;
select id from sub_emp where dept_id not in (select id from sub_dept) order by id;
select id from sub_dept where id in (select dept_id from sub_emp) order by id;
select id from sub_dept where id not in (select dept_id from sub_emp) order by id;
select id from sub_dept where id not in (select dept_id from sub_emp where dept_id is not null) order by id;
select id from sub_dept where id not in (select dept_id from sub_emp where false) order by id;
select id from sub_dept where boss in (select id from sub_emp) order by id;
select id from sub_dept where boss not in (select id from sub_emp) order by id;
select id, id in (select dept_id from sub_emp) from sub_dept order by id;
select id, id not in (select dept_id from sub_emp) from sub_dept order by id;
select id, boss in (select id from sub_emp), boss not in (select id from sub_emp) from sub_dept order by id;
select id, not (boss in (select id from sub_emp where id > 1)) from sub_dept order by id;
select id from sub_emp where (dept_id, id) in (select id, boss from sub_dept) order by id;
select id from sub_emp where (dept_id, id) not in (select id, boss from sub_dept where boss is not null) order by id;
select null in (select id from sub_dept), null in (select id from sub_dept where false), 1 in (select null::integer), 1 not in (select null::integer);
select 1 in (select id from sub_dept), 9 in (select boss from sub_dept), 9 not in (select boss from sub_dept);
select id from sub_emp where name in (select name from sub_dept) order by id;
select id from sub_emp where id in (select boss from sub_dept where budget > 60) or pay in (select max(pay) from sub_emp) order by id;
select id from sub_emp where hired in (select max(hired) from sub_emp group by dept_id) order by id;
select id from sub_emp where id in (select id from sub_emp order by pay desc nulls last limit 2) order by id;
select id from sub_emp where dept_id in (select id from sub_dept where budget in (100.5, 0)) order by id;

-- ALL, ANY, SOME
select id from sub_emp where pay >= all (select pay from sub_emp where pay is not null) order by id;
select id from sub_emp where pay >= all (select pay from sub_emp) order by id;
select id from sub_emp where pay < any (select pay from sub_emp where dept_id = 2) order by id;
select id from sub_emp where pay = some (select pay from sub_emp where dept_id = 2) order by id;
select id from sub_emp where pay <> all (select pay from sub_emp where dept_id = 2) order by id;
select id from sub_emp where pay <> any (select pay from sub_emp where dept_id = 2) order by id;
select id from sub_emp where not (pay = any (select pay from sub_emp where dept_id = 1)) order by id;
select id from sub_emp where pay > all (select pay from sub_emp where false) order by id;
select id from sub_emp where pay > any (select pay from sub_emp where false) order by id;
select id, pay > all (select pay from sub_emp where dept_id = 2), pay > any (select pay from sub_emp where dept_id = 1) from sub_emp order by id;
select 5 = all (select 5), 5 = any (select null::integer), 5 <> all (select null::integer), null = all (select 1 where false);

-- In FROM
select q.n from (select count(*) as n from sub_emp) q;
select q.* from (select id, name from sub_dept where id < 3) as q order by q.id;
select d.name, q.total from sub_dept d join (select dept_id, sum(pay) as total from sub_emp group by dept_id) q on q.dept_id = d.id order by d.id;
select d.name, q.total from sub_dept d left join (select dept_id, sum(pay) as total from sub_emp group by dept_id) q on q.dept_id = d.id order by d.id;
select a.id, b.id from (select id from sub_dept where id < 3) a, (select id from sub_emp where id > 4) b order by 1, 2;
select max(n) from (select dept_id, count(*) as n from sub_emp group by dept_id) q;
select id from (select id, pay from (select * from sub_emp where pay > 50) x where pay < 100) y order by id;
select "distinctAlias"."E_id" as "ids_E_id" from (select e.id as "E_id", e.name as "E_name" from sub_emp e) "distinctAlias" order by "E_id" limit 2;
select count(*) from (select 1 from sub_emp where pay > 50 limit 3) "sub";
select * from (select 1 as a, 'x' as b) q;
select * from (select id from sub_emp order by id limit 2) q order by id desc;
--! 0A000 IRIS has no LATERAL
select d.id, l.n from sub_dept d, lateral (select count(*) as n from sub_emp e where e.dept_id = d.id) l order by d.id;
--! 0A000 IRIS has no LATERAL
select d.id, l.name from sub_dept d left join lateral (select name from sub_emp e where e.dept_id = d.id order by pay desc nulls last limit 1) l on true order by d.id;
select d.id, l.n from sub_dept d, (select count(*) as n from sub_emp e where e.dept_id = d.id) l;
select * from sub_dept d, (select d.id) x;

-- In changes
update sub_dept set budget = (select sum(pay) from sub_emp where dept_id = sub_dept.id) where id < 4;
update sub_emp set pay = (select max(pay) from sub_emp) where id = 6;
update sub_emp set name = (select name from sub_dept where id = 99) where id = 5;
update sub_emp set pay = (select pay from sub_emp) where id = 1;
update sub_dept set (name, boss) = (select name, id from sub_emp where id = 2) where id = 3;
delete from sub_emp where pay < (select avg(pay) from sub_emp);
delete from sub_dept where not exists (select 1 from sub_emp where dept_id = sub_dept.id);
select id, name, pay from sub_emp order by id;
select id, name, boss, budget from sub_dept order by id;

-- What is wrong
select (select id from sub_emp e where e.nothing = 1);
select id from sub_emp where id in (select id, name from sub_dept);
select id from sub_emp where (id, pay) in (select id from sub_dept);
select id from sub_emp where id in (select name from sub_dept);
select id from sub_emp where id > (select name from sub_dept where id = 1);
select x.id from (select id from sub_emp) y;
select id from sub_emp where exists (select 1 from nowhere);
select id from sub_emp where pay > all (select name from sub_dept);
select (select id, name from sub_dept) = 1;
select name, (select count(*) from sub_emp where dept_id = d.nothing) from sub_dept d;
--! 0A000 IRIS computes it inside
select (select sum(d.budget) from sub_emp) from sub_dept d where d.id = 1;
select id from sub_emp where pay = max(pay);
select 1 where (select 5);
drop table if exists sub_dept, sub_emp;
