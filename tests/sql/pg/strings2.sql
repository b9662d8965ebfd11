-- Texts: patterns, unicode, and string functions as applications use them.
create table str_t (id integer primary key, t text, v varchar(20), c char(6));
insert into str_t values (1, 'apple', 'Apple', 'ab'), (2, '', '', ''), (3, null, null, null), (4, 'Größe', 'straße', 'ä'), (5, '100%', 'a_b', 'a%'), (6, 'back\slash', 'x\y', 'c\'), (7, '日本語テキスト', 'ßẞ', '日本'), (8, '😀 smile', 'İı', 'é'), (9, ' lead and trail ', '  x', ' y'), (10, 'it''s "quoted"', 'a,b;c', 'z');
insert into str_t (id, t) values (11, e'line1\nline2'), (12, e'tab\there'), (13, 'APPLE'), (14, 'apple pie'), (15, 'é'), (16, e'e\u0301');

-- LIKE
select id from str_t where t like 'app%' order by id;
select id from str_t where t like '%e' order by id;
select id from str_t where t like 'appl_' order by id;
select id from str_t where t like '_____' order by id;
select id from str_t where t like '' order by id;
select id from str_t where t like '%' order by id;
select id from str_t where t like '%\%%' order by id;
select id from str_t where t like '%\%' order by id;
select id from str_t where v like 'a\_b' order by id;
select id from str_t where v like 'a_b' order by id;
select id from str_t where t like '%\\%' order by id;
select id from str_t where t like '%!%%' escape '!' order by id;
select id from str_t where t like '%\%' escape '' order by id;
select id from str_t where t like '%x%%' escape 'x' order by id;
select id from str_t where t not like 'a%' order by id;
select id from str_t where not (t like 'a%') order by id;
select id from str_t where t like '日%' order by id;
select id from str_t where t like '_本%' order by id;
select id from str_t where t like '_ smile' order by id;
select id from str_t where t like 'Gr__e' order by id;
select id from str_t where t like 'line1%' order by id;
select id from str_t where t like '%line2' order by id;
select id from str_t where t like 'line1_line2' order by id;
select id from str_t where t like '%''s%' order by id;
select id from str_t where t like '%"%' order by id;
select id from str_t where t like v order by id;
select id from str_t where v like '%' || substr(t, 1, 0) || '%' order by id;
select id from str_t where t like 'a' || '%' order by id;
select id from str_t where t like null;
select id, t like 'a%', t not like '%e', t like t from str_t where id < 6 order by id;
select id from str_t where c like 'ab%' order by id;
select id from str_t where id::text like '1_' order by id;
select id from str_t where upper(t) like upper('%Pp%') order by id;
select id from str_t where upper(t::text) like upper('app%') order by id;
select id from str_t where t like 'a%' and v like 'A%';
select id from str_t where t ~~ 'app%' order by id;
select id from str_t where t !~~ '%e%' order by id;
select 'abc' like 'a%', 'abc' like 'A%', 'abc' like '_b_', 'a%c' like 'a\%c', 'abc' like 'a\%c', 'a\c' like 'a\\c', '' like '', '' like '%', 'a' like '';
select 'abc' like 'ab\';
select 'abc' like 'a%' escape 'xx';
select id from str_t where id like '1%';
--$ apple
select id from str_t where t like '%' || $1 || '%' order by id;

-- ILIKE
select id from str_t where t ilike 'APP%' order by id;
select id from str_t where t ilike '%größe%' order by id;
--! answer the locale C folds ASCII only
select id from str_t where t ilike 'É' order by id;
select id from str_t where v ilike 'STRASSE' order by id;
select id from str_t where v ilike 'A\_B' order by id;
select id from str_t where t not ilike '%A%' order by id;
select id from str_t where t ~~* 'apple%' order by id;
select id from str_t where lower(t) like lower('APP%') order by id;
--! answer the locale C folds ASCII only
select 'ABC' ilike 'abc', 'Ä' ilike 'ä', 'ß' ilike 'SS', 'i' ilike 'İ', 'abc' ilike 'A_C', 'a%' ilike 'A\%';

-- Regular expressions
select id from str_t where t ~ '^app' order by id;
select id from str_t where t ~ 'e$' order by id;
--! 0A000 IRIS's patterns are not regular expressions
select id from str_t where t ~ '^[a-z]+$' order by id;
select id from str_t where t ~* '^APP' order by id;
select id from str_t where t !~ 'a' order by id;
select id from str_t where t !~* 'A' order by id;
--! 0A000 IRIS's patterns are not regular expressions
select id from str_t where t ~ '^\d+%$' order by id;
--! 0A000 IRIS's patterns are not regular expressions
select id from str_t where t ~ 'apple|Größe' order by id;
--! 0A000 IRIS's patterns are not regular expressions
select id from str_t where t ~ '(';
--! 0A000 IRIS's patterns are not regular expressions
select id from str_t where t similar to 'app(le|x)' order by id;
--! 0A000 IRIS's patterns are not regular expressions
select regexp_replace('abc123', '[0-9]+', '#'), regexp_replace('aaa', 'a', 'b', 'g'), substring('foobar' from 'o+'), regexp_match('abc', 'b');

-- Functions
--! answer the locale C folds ASCII only
select id, upper(t), lower(t) from str_t order by id;
--! 0A000 not in the table of functions
select id, octet_length(t) from str_t order by id;
--! answer the locale C folds ASCII only
select id, upper(v), lower(v) from str_t where id < 8 order by id;
select id, trim(t), ltrim(t), rtrim(t), btrim(t, ' a') from str_t order by id;
select trim(both 'x' from 'xxaxx'), trim(leading 'x' from 'xxaxx'), trim(trailing from 'a  '), trim('  a'), btrim('xyaxy', 'yx'), trim('a' from null);
select id, replace(t, 'p', ''), replace(t, '', 'x'), translate(t, 'ap', 'xy') from str_t where id < 6 order by id;
select position('' in 'abc'), position('c' in 'abc'), position('x' in 'abc'), strpos('日本', '本'), position('B' in 'abc');
select substring('abc', 0), substring('abc', 0, 2), substring('abc', -5, 7), substring('abc', 2, 0), substring('abc', 5);
select substring('abc', 2, -1);
select split_part('a,b,c', ',', 2), split_part('a,b,c', ',', 4), split_part('abc', '', 1), repeat('ab', 3), lpad('x', 3, 'ab'), rpad('xyz', 2);
--! 0A000 not in the table of functions
select initcap('hello wORLD'), ascii('A');
select chr(8364);
--! 0A000 not in the table of functions
select md5('abc'), to_hex(255), quote_literal('it''s'), quote_ident('A b');
select concat('a', 1, true, null, 2.50), concat_ws('-', 'a', null, 'b', 3);
--! 0A000 not in the table of functions
select format('%s is %s', 'x', 1);
select 'a' || 1 || true;
select id, t || v, t || '-' || coalesce(v, '?'), concat(t, v), t || null from str_t where id < 5 order by id;
--! 0A000 not in the table of functions
select id, octet_length(c) from str_t order by id;
select id, v = v || ' ', t = t || '' from str_t where id < 5 order by id;
select 'a' = 'a ', 'a'::char(3) = 'a', 'a'::char(3) = 'a  '::char(5), 'a'::varchar = 'a '::varchar, 'a ' > 'a';
select 'a' < 'B', 'a' < 'ä', 'Z' < 'a', '10' < '9', '' < ' ', 'é' = e'e\u0301', 'ß' = 'ss', 'a' > 'A';

-- Order and grouping know case
select t from str_t order by t;
select v from str_t order by v desc, id;
select id from str_t order by lower(t), id;
select lower(t) as l, count(*) from str_t group by lower(t) having count(*) > 1 order by l;
select t, count(*) from str_t where t ilike 'apple' group by t order by t;
select distinct lower(t) from str_t where t ilike 'apple' order by 1;
select count(distinct t), count(distinct lower(t)) from str_t;
select id from str_t where t in ('apple', 'APPLE', '') order by id;
select id from str_t where t between 'a' and 'b' order by id;
select id from str_t where t > 'é' order by id;
select id from str_t where t = 'é' order by id;
select id from str_t where t = v or lower(v) = t order by id;

-- Aggregates
--! 0A000 IRIS's LIST has no order
select string_agg(t, ', ' order by id) from str_t where id < 5;
--! 0A000 IRIS's LIST has no order
select string_agg(t, '' order by t desc) from str_t where id in (1, 4, 13);
--! 0A000 IRIS's LIST has no order
select string_agg(distinct lower(t), '|' order by lower(t)) from str_t where t ilike 'apple%';
--! 0A000 IRIS's LIST has no order
select string_agg(v, null order by id) from str_t where id < 6;
select string_agg(t, ',') from str_t where false;
select string_agg(t, ',') from str_t where id = 2;
--! 0A000 IRIS's LIST has no order
select string_agg(id::text, ',' order by id desc) filter (where id < 4) from str_t;
--! 0A000 IRIS's LIST has no order
select id % 2 as odd, string_agg(coalesce(t, '-'), '/' order by id) from str_t where id < 7 group by id % 2 order by odd;
--! 0A000 IRIS has no arrays
select array_agg(id order by id) from str_t where id < 4;

-- Literals
select 'a' 'b';
select 'it''s', e'a\'b', e'\x41\u00e9\101', U&'d\0061t\+000061', $$dollar's$$, $q$a$$b$q$, 'back\slash', e'back\\slash', '';
select 'a'
'b';
select e'\n' = chr(10), e'\t' = chr(9), length(e'a\\b'), length('a\\b');
--! 0A000 not in the grammar
select n'national', b'101', x'1F';
select 'unterminated;
insert into str_t (id, v) values (20, 'this is longer than twenty characters');
insert into str_t (id, v) values (20, 'twenty characters ok              ');
insert into str_t (id, t, v) values (22, repeat('x', 1000), repeat('ä', 20));
select id, length(t), length(v), v from str_t where id in (20, 22) order by id;
--$ 23|😀'";--|$1 ? :x
insert into str_t (id, t, v) values ($1, $2, $3) returning t, v;
--! answer the locale C folds ASCII only
update str_t set t = upper(t), v = v || '!' where id in (1, 4) returning id, t, v;
delete from str_t where t = '' returning id;
drop table if exists str_t;
