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
