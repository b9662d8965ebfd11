-- Parameters in every place: typed by what stands beside them, NULL among them.
create table p (id integer primary key, i integer, b bigint, n numeric(10,2), f double precision, t text, v varchar(10), y boolean, d date, ts timestamp, u uuid);
insert into p values (1, 10, 100, 1.50, 1.5, 'apple', 'Apple', true, '2021-03-04', '2021-03-04 05:06:07.25', '00000000-0000-0000-0000-000000000001'), (2, null, null, null, null, null, null, null, null, null, null), (3, 0, 5000000000, -2.25, -0.5, '', 'x', false, '1999-12-31', '1999-12-31 23:59:59', null);
--$ 10
--$ \N
select id from p where ($1::integer is null or i = $1) order by id;
--$ apple
--$ \N
--$ 
select id from p where ($1::text is null or t = $1) and coalesce($1, t, '') is not null order by id;
--$ t
--$ f
--$ \N
select id, y = $1, case when $1 then 1 else 2 end from p where $1 or not $1 or $1 is null order by id;
--$ pp
--$ \N
select id, t like '%' || $1 || '%', t ilike $1 || '%', position($1 in t), replace(t, $1, 'x'), concat($1, t), $1 || t from p order by id;
--$ 2021-03-04|2021-03-05
--$ \N|\N
select id from p where d between $1 and $2 and ts >= $1 and ts < $2::date + 1 order by id;
--$ 2021-03-04 05:06:07.25
--$ \N
select id, ts = $1, ts > $1::timestamp - interval '1 hour', $1::timestamp - ts, $1::timestamp::date, extract(hour from $1::timestamp), date_trunc('day', $1::timestamp) from p order by id;
--$ 2021-03-04
select id, d - $1::date, $1::date + i, to_char($1::date, 'YYYY'), d = $1, $1::date::text from p order by id;
--! answer zeros at the end of a parameter are not kept
--$ 5|1.25|2.5
--$ \N|\N|\N
select id, i + $1, i * $1, n + $2, n * $2, f + $3, f / $3, b - $1, coalesce(i, $1), coalesce(n, $2), greatest(i, $1), least(f, $3) from p order by id;
--$ 10|0
--$ 3000000000|0
select id from p where b > $1 and i > $2 order by id;
--$ 3|1
select id, round(n, $1), substr(t, $2, $1), left(t, 2), lpad(t, 7, 'x'), split_part(t, 'p', 1), repeat(t, 2) from p order by id;
--$ 00000000-0000-0000-0000-000000000001
--$ \N
select id, u = $1, coalesce(u, $1), u is distinct from $1, $1::uuid::text from p order by id;
--$ 1|2|3
--$ \N|2|\N
select id, id in ($1, $2, $3), id not in ($1, $2), (id, i) = ($1, $2), id between $1 and $2 from p order by id;
--$ 1.005
select $1::numeric(5,2), $1::numeric::integer, $1::double precision;
--$ 12
select $1::text::integer + 1, $1::integer::text || '!', $1::bigint::integer, $1::smallint + 1;
--$ x
select $1::integer;
--$ 99999999999
select $1::integer;
--$ t
select not $1::boolean, $1::boolean and y, $1::boolean::text, $1::boolean::integer from p where id = 1;
--$ 2
select id, sum(i) over (order by id) + $1, case id when $1 then 'two' when 3 then 'three' end, nullif(id, $1) from p order by id;
--$ 1
select count(*) filter (where id > $1), sum(i + $1), max(case when id > $1 then t end), string_agg(v, '-') filter (where id > 5) from p;
--$ 0.5|10
select avg(n + $1), sum(f * $2), round(avg(i), $2) from p;
drop table p;
