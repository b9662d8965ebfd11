-- What stands in a text is read as PostgreSQL reads it (facts/reliability.md K). The numbers are those of its rows.
create table lex (id integer primary key, s text, "A b" text, "order" integer, flag boolean, n numeric(10,2));
insert into lex values (1, 'a\', 'x', 1, true, 1.50), (2, '', 'y', 2, false, 2.25), (3, null, null, null, null, null), (4, 'call version() here', 'B minus', 4, true, 4.00), (5, 'costs $5', '%s ? :x', 5, false, 5.00);

-- K1 A backslash in a plain literal.
select 'a\', length('a\'), 'a\\b', '\';
select id from lex where s = 'a\';
-- K2 Escapes.
select E'it\'s', E'a\\b', E'\x41\u0042\103', E'\t' = chr(9), E'a\
b', E'\U0001F600', e'lower';
select E'\000';
select E'\xff';
select E'\u12';
select E'\uD800';
-- K3 Unicode escapes.
select U&'d\0061t\+000061', U&'!0061' uescape '!', u&'\00e9';
select U&'\00zz';
select U&'x' uescape '+';
select U&"A\0020b" from lex where id = 1;
select E'\uD800x';
select E'\uD800\u0041';
select E'\uDC00';
select E'ab\u12 c';
select E'a\U12';
select E'\U00110000';
select U&'ab\12';
select U&'\D800';
select U&'\D800x';
select U&'\DC00';
select U&'a\+0012';
select U&'\+110000';
select U&'x' uescape '''';
select U&'x' uescape 'ab';
select U&'x' uescape 1;
select U&'x' uescape 'a';
select E'\x00';
select E'\377';
select E'a\xc3';
select E'\xc3\xa9';
select U&"\00zz";
-- K4 Dollar quotes.
select $$it's$$, $tag$ $$ inner $$ ; -- no comment $tag$, $a1$x$a1$, $$$$;
--! 42601 PostgreSQL's grammar stops before its lexer has met the $
select $1$2$1$;
select 1 as a$$b;
-- K5 Literals that join.
select 'a'
'b';
select 'a' -- in between
  'b';
select 'a' 'b';
select E'\x41'
'\x42';
-- K6 Comments in comments.
select 1 /* a /* b */ 'c; */ + 2;
select 1 /* a /* b */ + 2;
select 1 */ 2;
-- K7 What IRIS takes for an instruction.
select /*#OPTIONS {"DynamicSQL":1} */ 1;
-- K8 and K9 Line comments and signs.
select 1--1
;
select 1 - -1, 2 -(-1), - - 3, 5 --5
- 1;
--$ -1
--$ 3
select 5 -$1::integer, -$1::integer, - -$1::integer;
-- K11 and K12 Names.
select "A b", "order" from lex where "order" = 1;
select ID, Id, "id" from LEX where iD = 1;
--! answer names of columns have no case in IRIS
select "ID" from lex;
select id as "a;b", s as "--", id as "/*", id as "'", id as "", 1;
select 1 as "Ümlaut", 2 as ümlaut, 3 as "select", 4 as "%", 5 as "a.b", 6 as "?", 7 as "a""b";
select 1 as this_name_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps_of_it;
-- K13 The empty name.
select "" from lex;
-- K14 Semicolons.
select 'a;b', $$;$$ /* ; */;
-- K15 Marks of IRIS.
--! 42601 the place is the mark's own, where PostgreSQL takes it for an operator without operands
select ?;
select :x;
--! 0A000 it is read as IRIS's own form
select {fn now()};
--! answer it is read as IRIS's own form
select {d '2021-01-01'};
--! 42601 the place is the end of the text, where the bracket is found open
select 'a' [ 'b';
select 'ab' ] 'a';
select s -> 'x' from lex;
select @x;
select $$f('x');
select ^a(1);
select _;
--! 42601 the place is that of the literal: the percent sign is read as modulo
select id from lex where s %startswith 'a';
select %upper(s) from lex;
select s.x from lex;
-- K16 and K17 Operators that mean another thing.
select 7 / 2, -7 / 2, -7 % 3, 7 % -3, 2 ^ 3 ^ 2;
--! 0A000 IRIS's SQL has no operators of bits
select 10 # 3;
--! 0A000 IRIS's SQL has no operators of bits
select 5 & 3;
--! 0A000 IRIS's SQL has no operators of bits
select 5 | 3;
--! 0A000 IRIS's SQL has no operators of bits
select ~5;
--! 0A000 IRIS's SQL has no operators of bits
select 1 << 4, -16 >> 2;
select 2 ! 3;
select 5 !;
select |/ 25.0;
select @ -5;
-- K18 Precedence.
select 3 + 3 * 5, (3 + 3) * 5, 2 - 3 - 4, 2 - (3 - 4), 100 / 10 / 2, - 2 ^ 2, not true and false or true, not (true and false) or true;
select id from lex where not flag and id > 1 or id = 3 order by id;
select id from lex where flag = true or false and id = 2 order by id;
select 1 + 2 = 3 and 2 < 3, 'a' || 'b' = 'ab', 1 = 1 is true, not 1 = 2;
select 1 < 2 < 3;
select 1 = 2 = false;
-- K19 Case and blanks.
select 'a' = 'A', 'a' = 'a ', length('a  '), 'a  '::char(5) = 'a', 'ß' = 'SS';
select id from lex where "A b" = 'X' or s = 'CALL VERSION() HERE';
-- K20 LIKE.
select 'a%c' like 'a\%c', 'abc' like 'a\%c', 'abc' like 'a%', 'a_c' like 'a!_c' escape '!', 'abc' like 'a_c', 'ABC' like 'abc', '' like '', '' like '%', 'a\c' like 'a\\c';
select 'a%c' like 'a\%c' escape '';
--! 22025 PostgreSQL meets the end of a pattern only where a text gets that far
select 'abc' like 'abc\';
select 'a' like 'a' escape 'xy';
select id from lex where s like '%s %' or "A b" like '%minus%' order by id;
select id from lex where s like 'costs $_' or "A b" like '\%s%' order by id;
-- K21 Empty and NULL.
select id, s = '', s is null, s || '', length(s), coalesce(s, 'none'), nullif(s, '') from lex order by id;
select id from lex where s = '' order by id;
select id from lex where s <> '' order by id;
--$ 
--$ \N
select $1::text is null, $1::text = '', length($1::text), $1::text || 'x';
-- K22 Truth values.
select id from lex where 1;
select id from lex where 'x';
select id from lex where 't' and id = 1;
select id from lex where flag and 1 = 1 order by id;
select flag, not flag, flag is true, flag is not false, flag = 't', flag and null, flag or null from lex order by id;
select case when 1 then 2 end;
select true > false, true + 1;
-- K23 Blanks that are none, quotes that are none.
select 'a b', 1 ;
select ’x’;
select ＇x＇;
select 'fullwidth ＇ and ’ stay';
-- K25 and K26 Words and marks inside values.
select id, s, "A b" from lex where s = 'call version() here' and "A b" = 'B minus';
select id from lex where s = 'costs $5' and "A b" = '%s ? :x';
select 'pg_catalog', 'set_config', '2024-01-01', '{"a": 1}', 'a[0]', 'SELECT 1; DROP TABLE lex', '''; --', 'TO_DATE(x)';
--$ '; drop table lex; --
--$ ? $1 :x {d '1'} --
--$ call version() here
select $1::text, length($1::text), (select count(*) from lex where s = $1::text);
insert into lex (id, s) values (10, 'pg_dump log; call version()'), (11, 'x'' or ''1''=''1');
update lex set s = s || ' set_config' where s = 'pg_dump log; call version()';
select id, s from lex where id >= 10 order by id;
delete from lex where s = 'x'' or ''1''=''1';
-- K27 Counts of rows.
select id from lex order by id limit 2 offset 1;
select id from lex order by id offset 3;
select id from lex order by id fetch first 2 rows only;
select id from lex order by id offset 1 row fetch next row only;
select id from lex order by id limit 0;
select id from lex order by id limit null offset null;
select id from lex order by id limit all;
select id from lex limit -1;
select id from lex limit 'x';
--! answer it is read as IRIS's own form
select top 2 id from lex;
-- K28 A hostile name.
create table "x; drop table lex" ("it's" integer, "a--b" text);
insert into "x; drop table lex" values (1, 'y');
select "it's", "a--b", "x; drop table lex"."it's" from "x; drop table lex";
update "x; drop table lex" set "a--b" = 'z' where "it's" = 1 returning "a--b";
drop table "x; drop table lex";
select count(*) from lex;
drop table lex;
