-- The shop. Everything in it is made up: names from two short lists, numbers from a formula.

CREATE TABLE customers (
    id          integer PRIMARY KEY,
    name        text NOT NULL,
    email       text NOT NULL UNIQUE,
    phone       text NOT NULL,
    ssn         text NOT NULL,
    card_number text NOT NULL,
    created_at  timestamptz NOT NULL
);

CREATE TABLE orders (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    item        text NOT NULL,
    amount      numeric(10, 2) NOT NULL CHECK (amount >= 0),
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'shipped', 'refunded')),
    note        text,
    ordered_at  timestamptz NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer_id);

CREATE TABLE api_keys (
    id         integer PRIMARY KEY,
    service    text NOT NULL,
    key        text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE VIEW open_orders AS
    SELECT o.id, c.name AS customer, o.item, o.amount, o.ordered_at
    FROM orders o JOIN customers c ON c.id = o.customer_id
    WHERE o.status = 'open';

-- The digit that makes a card number pass Luhn's check.
CREATE FUNCTION luhn(digits text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (10 - sum(CASE WHEN i % 2 = 1 THEN d * 2 / 10 + d * 2 % 10 ELSE d END) % 10)::int % 10 || ''
    FROM (SELECT substr(reverse(digits), i, 1)::int AS d, i FROM generate_series(1, length(digits)) i) AS each
$$;

INSERT INTO customers
SELECT i,
       first || ' ' || last,
       lower(first) || '.' || lower(last) || CASE WHEN i <= 144 THEN '' ELSE i::text END || '@example.com',
       '+1-212-555-' || lpad((100 + i % 100)::text, 4, '0'),
       lpad((100 + i * 37 % 565)::text, 3, '0') || '-' || lpad((1 + i * 7 % 98)::text, 2, '0') || '-'
           || lpad((1000 + i * 7919 % 8999)::text, 4, '0'),
       card || luhn(card),
       timestamptz '2025-01-01 09:00+00' + i * interval '7 hours'
FROM (SELECT i,
             (ARRAY['Ada','Bela','Cleo','Dario','Edda','Finn','Greta','Hugo','Ines','Jona','Kira','Leon'])
                 [1 + (i - 1) % 12] AS first,
             (ARRAY['Ash','Birch','Cedar','Dogwood','Elm','Fir','Gorse','Hazel','Ivy','Juniper','Larch','Maple'])
                 [1 + (i - 1) / 12 % 12] AS last,
             '4' || lpad((111111111 + i * 7654321::bigint)::text, 14, '0') AS card
      FROM generate_series(1, 500) i) AS made;

INSERT INTO orders
SELECT i,
       1 + i * 13 % 500,
       (ARRAY['lamp','chair','kettle','rug','clock','mirror','shelf'])[1 + i % 7],
       (500 + i * 377 % 19500) / 100.0,
       (ARRAY['open','paid','shipped'])[1 + i % 3],
       CASE WHEN i % 50 = 1 THEN (SELECT 'paid by phone with card ' || card_number FROM customers c WHERE c.id = 1 + i * 13 % 500)
            WHEN i % 20 = 0 THEN 'gift wrap' END,
       timestamptz '2025-06-01 08:00+00' + i * interval '23 minutes'
FROM generate_series(1, 5000) i;

INSERT INTO api_keys
SELECT i,
       (ARRAY['payments','mail','maps'])[i],
       (ARRAY['sk_' || 'live_','SG' || '.','AI' || 'za'])[i] || substr(md5(i::text) || md5((i * 31)::text), 1, 24 + 11 * (i / 3)),
       timestamptz '2025-03-01 12:00+00' + i * interval '1 day'
FROM generate_series(1, 3) i;

DROP FUNCTION luhn(text);
ANALYZE;
