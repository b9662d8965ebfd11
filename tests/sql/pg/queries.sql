-- Forms of queries that IRIS does not have itself.
create table emp (id integer primary key, name varchar(20) not null, dept text, salary numeric(10,2), boss integer, hired date);
create table pay (id integer primary key, emp_id integer, amount numeric(8,2), note text);
insert into emp values (1, 'Ann', 'a', 100.50, null, '2020-01-01'), (2, 'Bob', 'a', 90, 1, '2020-02-01'), (3, 'Cid', 'b', 90, 1, '2021-02-01'), (4, 'Dan', 'b', null, 2, null), (5, 'Eve', null, 70, 2, '2019-05-05'), (6, 'ann', 'A', 100.5, 3, '2020-01-01');
insert into pay values (1, 1, 10, 'x'), (2, 1, 20, 'y'), (3, 2, 10, 'x'), (4, 9, 5.5, null), (5, null, 7, '');

-- DISTINCT ON
select distinct on (dept) dept, name, salary from emp order by dept, salary desc nulls last, id;
select distinct on (dept) name from emp order by dept desc, id;
select distinct on (salary, dept) id from emp order by salary, dept, id desc limit 3;
select distinct on (salary, dept) id from emp order by salary, dept, id desc limit 2 offset 2;
select x.name from (select distinct on (boss) name, id from emp order by boss, id) x order by x.id;
select distinct on (dept) dept, count(*) from emp group by dept, salary order by dept, count(*), salary;
select distinct on (1) dept, id from emp order by 1, 2;
select distinct on (id) name from emp order by dept;
select distinct on (a.dept) a.dept, b.name from emp a join emp b on b.boss = a.id order by a.dept, b.name;

-- WITH TIES
select name, salary from emp order by salary desc nulls last fetch first 1 row with ties;
select id from emp where salary is not null order by salary fetch first 2 rows with ties;
select salary from emp order by salary fetch first 6 rows with ties;
select salary from emp order by salary fetch first 0 rows with ties;
select id from emp fetch first 1 row with ties;
--$ 1
--$ 3
select count(*) from (select id from emp order by salary nulls first fetch first $1 rows with ties) x;

-- Set operations
select dept from emp intersect select 'a' order by 1;
select dept from emp intersect select dept from emp order by 1;
select dept from emp except select 'b' order by 1;
select dept from emp intersect all select dept from emp where id > 1 order by 1;
select dept from emp except all select dept from emp where id in (2, 3) order by 1;
select amount from pay except select salary from emp order by amount;
select amount, note from pay intersect all select amount, note from pay where amount = 10 order by 1, 2;
select note from pay except all select 'x' order by note nulls first;
select name from emp union select name from emp union all select 'Ann' order by 1;
select name from emp union all select 'Ann' union select 'Bob' order by 1;
select 1 as n union all (select 2 union select 2) order by n;
(select id from emp order by id limit 2) union all (select id from emp order by id desc limit 1) order by 1 desc;
select id from emp where id in (select emp_id from pay intersect select boss from emp) order by id;
select count(*) from (select dept, boss from emp except select null, 2) x;
select id from emp intersect select emp_id from pay union select 77 order by 1;
select id from emp where exists (select boss from emp except select 2) order by id limit 1;
select 1 intersect select 1, 2;
select dept from emp union select salary from emp;
select id from emp union select emp_id from pay order by id + 1;
--! 0A000 IRIS does not keep how many digits each value shows
select id, dept from emp union all select amount, note from pay order by 1, 2 limit 4;
select id from emp union all select id from pay order by 1 limit 3 offset 2;

-- Groups beside windows, and HAVING alone
select dept, sum(salary), rank() over (order by sum(salary) desc nulls last) as r from emp group by dept order by r, dept;
select dept, count(*), sum(count(*)) over () from emp group by dept order by dept;
select dept, row_number() over (order by dept) + count(*) as n from emp group by dept having count(*) > 1 order by dept;
select count(*) from emp having count(*) > 3;
select count(*) from emp having count(*) > 30;
select 'x' from emp having max(salary) is not null;
select sum(salary) from emp having sum(salary) > 10 order by 1;
select 1 having false;
--< 2024.1 0A000 these functions came later
select dept, max(name) over (partition by dept order by dept rows between unbounded preceding and unbounded following) from emp group by dept, name order by 1, 2;
select id, name, count(*) from emp group by id order by id;
select e.name, sum(p.amount) from emp e join pay p on p.emp_id = e.id group by e.id order by e.id;
select lower(name) as n, count(*) from emp group by lower(name) having count(*) > 1 order by n;
select dept from emp group by dept order by count(*) desc, dept nulls first limit 2;
select dept, count(*) filter (where salary > 90) from emp group by dept order by dept;

-- Series
select * from generate_series(1, 5);
select n from generate_series(10, 1, -3) as g(n);
select n * 2 as m from generate_series(-2, 2) as n order by m desc;
select count(*), sum(n) from generate_series(1, 1234) as g(n);
select n from generate_series(5, 1) as g(n);
select generate_series from generate_series(3::bigint, 4);
select e.id, n from emp e cross join generate_series(1, 2) n where e.id < 3 order by 1, 2;
select n from generate_series(1, 3, 0) as g(n);
select n from generate_series(95, 105, 5) n;

-- Subqueries
select name, (select name from emp b where b.id = e.boss) as boss from emp e order by e.id;
select name, (select count(*) from pay where emp_id = e.id) from emp e order by e.id;
select (select max(salary) from emp) - salary from emp order by id;
select name from emp where salary = (select salary from emp where name = 'Bob') order by id;
select name from emp where salary = (select salary from emp);
select name from emp where salary > (select amount from pay where amount > 100) order by id;
select (select note from pay where note = 'y'), id from emp order by id limit 2;
--$ x
select name from emp where boss = (select emp_id from pay where note = $1 and amount > 15) order by id;
--$ y
select name from emp where id = (select emp_id from pay where note = $1) order by id;
select id from emp e where exists (select 1 from pay p where p.emp_id = e.id and p.amount > 15);
select id from emp where not exists (select 1 from pay where emp_id = emp.id) order by id;
select id from emp where (id, boss) in (select emp_id, 1 from pay) order by id;
select id from emp where id not in (select emp_id from pay where emp_id is not null) order by id;
select id from emp where id not in (select emp_id from pay);
select id from emp where salary >= all (select salary from emp where salary is not null) order by id;
select id from emp where id = any (select emp_id from pay) order by id;
select x.d, x.c from (select dept as d, count(*) as c from emp group by dept order by 2 desc, 1 limit 2) as x order by x.d;
select id from (select id from emp order by id desc offset 2) x order by id;
select a.id, b.id from emp a, emp b where a.boss = b.id order by 1;
select emp.id, emp.name from emp where exists (select 1 from emp where emp.boss = 1) order by id limit 1;
select e.id from emp e where e.id in (select e.boss from emp e where e.dept = 'b') order by 1;
select t.name from emp t where t.id = (select min(t.boss) from emp t);
select ID, "name" from EMP order by ID limit 1;

-- Joins
select e.name, p.amount from emp e left join pay p on p.emp_id = e.id order by e.id, p.id;
select e.name, p.amount from emp e right join pay p on p.emp_id = e.id order by p.id;
select e.id, p.id from emp e full join pay p on p.emp_id = e.id order by e.id nulls last, p.id nulls last;
select id from emp join pay using (id) order by id;
select * from (select id, dept from emp) a natural join (select id, note from pay) b order by id;
select id, a.dept, b.note from (select id, dept from emp) a full join (select id + 3 as id, note from pay) b using (id) order by id;
select e.id from emp e join (pay p join emp m on m.id = p.emp_id) on p.emp_id = e.boss order by e.id, p.id;
select a.id from emp a, emp b left join pay p on p.emp_id = b.id where a.id = b.id and p.id is null order by 1;
select a.id from emp a join emp b on true where b.id = 1 and a.id < 3 order by 1;

-- WITH
with a as (select id, boss from emp where boss is not null), b as (select boss, count(*) as n from a group by boss) select a.id, b.n from a join b on b.boss = a.boss order by a.id;
with a(x, y) as (values (1, 'q'), (2, 'r')) select y from a where x in (select x from a where y = 'r');
with a as (select 1 as id) select emp.name from emp, a where emp.id = a.id;
with emp as (select 9 as id) select id from emp;
with a as (select id from emp) select (select max(id) from a), (select min(id) from a);
with a as (select id from emp order by id limit 2) insert into pay (id, amount) select id + 100, 1 from a;
select id, amount from pay where id > 100 order by id;

-- VALUES
values (1, 'x'), (2, null) order by 1 desc;
values (1), (null), (2.5) order by 1 nulls first;
select max(column1) from (values (3), (4)) v;
select column2 from (values (3, 'c'), (4, 'd')) v where column1 = 4;
select * from (values (date '2020-01-01', true), (null, false)) v(d, f) order by d;
select id from emp where (id, name) in (values (1, 'Ann'), (2, 'x'));
values (1, 2), (3);

-- Sorting
select name from emp order by name;
select name from emp order by lower(name), name;
select id from emp order by salary desc, id;
select id from emp order by salary nulls first, id desc;
select id from emp order by salary desc nulls last, id limit 3;
select id from emp order by dept is null, id;
select id, 'c' as k from emp order by k, id limit 2;
select id from emp order by 'c'::text, id desc limit 1;
select distinct salary from emp order by salary desc;
select distinct dept, salary from emp order by salary, dept;
select distinct dept from emp order by lower(dept);
select name as id from emp order by emp.id desc limit 1;
--$ 2|1
select id from emp order by id limit $1 offset $2;
--$ \N|\N
select id from emp order by id limit $1 offset $2;
select id from emp order by id offset 4;
select id from emp order by id limit null offset 5;
select id from emp limit 0;
select id from emp order by id limit 1 + 1;
select id from emp order by id limit (select count(*) - 5 from emp);
select id from emp order by id limit -1;

drop table pay;
drop table emp;
