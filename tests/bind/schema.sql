CREATE TABLE customer (
    id integer PRIMARY KEY,
    name varchar(40) NOT NULL,
    email text UNIQUE,
    balance numeric(10,2) DEFAULT 0,
    born date,
    active boolean NOT NULL DEFAULT true
);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id integer NOT NULL,
    placed timestamp NOT NULL,
    total numeric(12,2),
    note text,
    code char(3)
);
CREATE TABLE item (
    order_id bigint NOT NULL,
    line smallint NOT NULL,
    product varchar(20),
    amount integer,
    price double precision,
    PRIMARY KEY (order_id, line),
    CONSTRAINT item_product UNIQUE (product, amount)
);
CREATE TABLE event (
    at timestamptz,
    body text,
    who uuid,
    small smallint,
    ratio real,
    raw bytea
);
CREATE TABLE thing (
    id integer PRIMARY KEY,
    i2 smallint NOT NULL,
    i8 bigint,
    n numeric(10,2),
    m numeric(8,3),
    r real,
    f double precision,
    b boolean,
    t text,
    v varchar(10),
    c char(5),
    d date,
    ts timestamp,
    tm time,
    u uuid,
    by bytea
);
CREATE TABLE other (
    id integer PRIMARY KEY,
    thing_id integer,
    name varchar(20) NOT NULL,
    price numeric(8,2)
);
CREATE TABLE client (
    id integer PRIMARY KEY,
    name varchar(40) NOT NULL,
    email varchar(80),
    born date,
    active boolean NOT NULL,
    credit numeric(12,2),
    since timestamp,
    code char(4),
    note text
);
CREATE TABLE invoice (
    id bigint PRIMARY KEY,
    customer_id integer NOT NULL,
    number varchar(20) NOT NULL,
    total numeric(10,2) NOT NULL,
    paid numeric(10,2),
    issued date NOT NULL,
    due date,
    status smallint NOT NULL
);
CREATE TABLE line (
    invoice_id bigint NOT NULL,
    position smallint NOT NULL,
    article varchar(30),
    quantity integer NOT NULL,
    price numeric(8,3) NOT NULL,
    discount double precision,
    PRIMARY KEY (invoice_id, position)
);
