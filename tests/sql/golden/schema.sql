-- The tables that the golden statements name. Each has the columns of one subject, with types and
-- NOT NULL as tables of applications have them.

create table t (
    id integer primary key, a integer, b integer, c integer, small smallint, big bigint,
    name text, code varchar(10), fix char(3), note text not null,
    flag boolean, other boolean not null, price numeric(10,2), qty numeric(12,4),
    f double precision, r real, d date, tm time, ts timestamp, tz timestamptz, u uuid, raw bytea,
    "select" integer, "MixedCase" text, "My Col" integer, dept text
);
create table u (
    id integer primary key, t_id integer references t, a integer, b integer, c integer, d integer,
    e integer, name text, flag boolean, price numeric(10,2)
);
create table emp (
    id integer primary key, name text not null, dept text, salary numeric(10,2), boss integer,
    hired date
);
create table pair (a integer, b integer, v text, n integer not null default 0, primary key (a, b));
create table item (
    id serial primary key, code varchar(10) unique, label varchar(20) default 'none',
    n integer not null default 5, flag boolean not null default false, at timestamp
);
create table s.t (a integer, b text);
