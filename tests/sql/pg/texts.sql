-- Functions of texts, and what compares rows and lists.
create table word (id integer primary key, s text, t varchar(20), n integer, d date, b boolean);
insert into word values (1, 'apple,pie,tin', 'apple', 3, '2021-03-04', true), (2, '', 'x', 0, null, false), (3, null, null, null, '2020-02-29', null), (4, 'Größe', 'Gr', -2, '1999-12-31', true), (5, 'a%b_c\d', 'a%', 7, '2000-01-01', false);

-- Parts
select id, left(s, 3), left(s, 0), left(s, -2), left(s, 100) from word order by id;
select id, right(s, 3), right(s, 0), right(s, -2), right(s, 100) from word order by id;
select id, split_part(s, ',', 1), split_part(s, ',', 2), split_part(s, ',', 9), split_part(s, '', 1) from word order by id;
select split_part('a,b', ',', 0);
--! 0A000 fields counted from the end are not translated
select split_part('a,b', ',', -1);
select id, substring(s from 2 for 3), position('p' in s), strpos(s, 'e') from word order by id;
select id, overlay(s placing 'XX' from 2 for 3), overlay(s placing 'XX' from 1), overlay(s placing '' from 3 for 1) from word order by id;
select id, starts_with(s, t), starts_with(s, ''), starts_with(s, 'a') from word order by id;
select id from word where starts_with(s, 'Gr') order by id;

-- Filling
select id, lpad(t, 7), lpad(t, 3), lpad(t, 7, 'xy'), lpad(t, 0), lpad(t, -1), lpad(t, 6, '') from word order by id;
select id, rpad(t, 7) || '|', rpad(t, 3), rpad(t, 7, 'xy'), rpad(t, 6, '') from word order by id;
select id, repeat(t, 2), repeat(t, 0), repeat(t, -3), repeat('-', 4) from word order by id;
select lpad(n::text, 4, '0') from word order by id;
select chr(65), chr(8364), chr(233) || 'x';
select chr(0);

-- Putting together
select id, concat(s, '-', t, n), concat_ws('-', s, t, n), concat_ws(', ', t, null, n, 'z'), concat_ws('', s, t) from word order by id;
select id, t || n, n || ':' || t, t || d, 'is ' || b, d || ' ' || b from word order by id;
select 1 || 2;
select true || false;

-- Not translated
--! 0A000 IRIS has no such function
select initcap('hello world');
--! 0A000 IRIS's SQL has no MD5
select md5('a');
--! 0A000 IRIS knows halves of characters beyond U+FFFF
select ascii('a');

-- Patterns
select id from word where s ilike 'A%' order by id;
select id from word where s ilike '%ö%' order by id;
select id from word where s not ilike '%A%' order by id;
select id from word where s like 'a\%b%' order by id;
select id from word where s ilike 'A!%B%' escape '!' order by id;

-- Rows and lists
select id from word where (id, n) = (1, 3);
select id from word where (id, n) <> (1, 3) order by id;
select id from word where (n, id) < (3, 1) order by id;
select id from word where (n, id) >= (0, 2) order by id;
select id from word where (id, t) in ((1, 'apple'), (2, 'y'), (4, 'Gr')) order by id;
select id from word where (id, n) not in ((1, 3), (2, 1)) order by id;
select id from word where not (id, n) = (1, 3) and id < 4 order by id;
select (1, 2) = (1, 2), (1, 2) < (1, 3), (1, null) = (2, null), (1, null) = (1, null);
select (1, 2) = (1, 2, 3);
--$ 1|3
--$ 2|0
--$ 3|\N
select id from word where (id, n) = ($1, $2);
select id from word where id = any(array[1, 3, 9]) order by id;
select id from word where id <> all(array[1, 3, 9]) order by id;
select id from word where id > any(array[3, 4]) order by id;
select id from word where id < all(array[3, 4]) order by id;
select id from word where t = any(array['apple', 'x']) order by id;
select id from word where n is distinct from 3 order by id;
select id from word where n is not distinct from null order by id;
select id, n is distinct from id from word order by id;

-- NULL among values
select id, greatest(n, id), least(n, id), greatest(n, id, 4), least(n, null, id) from word order by id;
select greatest(s, t), least(s, t) from word order by id;
select greatest(1, 2, 2), least(3), greatest('b', 'a'), greatest(1.25, 2.50);
select greatest(1, 2.5, 2);
select greatest(d, date '2000-06-01') from word order by id;
select id, num_nulls(s, n, d), num_nonnulls(s, n, d), num_nulls(id) from word order by id;
drop table word;
