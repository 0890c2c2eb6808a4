package dev.sallyport.sql.postgres.parser;

import java.util.List;

/** Statements that between them take the parser's usual paths, for the compiler to see. */
final class WarmUp {

    static final List<String> STATEMENTS = List.of(
            "SELECT 1",
            "BEGIN",
            "COMMIT",
            "SET application_name = 'worker'",
            "SELECT id, name FROM customers WHERE id = $1",
            "SELECT * FROM orders o WHERE o.total > 100 AND (o.state = 'open' OR o.state IS NULL) ORDER BY 1 LIMIT 20",
            """
            SELECT c.name, o.total::numeric(10, 2), count(*) AS items
            FROM customers c
            JOIN orders o ON o.customer_id = c.id
            LEFT JOIN items i USING (order_id)
            WHERE c.region IN ('eu', 'us') AND o.created_at >= now() - interval '1 day' AND c.email LIKE '%@example.com'
            GROUP BY c.name, o.total HAVING count(*) > 3 ORDER BY o.total DESC NULLS LAST LIMIT $1 OFFSET $2""",
            "INSERT INTO orders (customer_id, total, note) VALUES ($1, $2, 'a'), (2, -1.5, E'b\\n'), (3, 1e3, NULL)",
            "INSERT INTO t (a, b) SELECT a, b FROM s ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING id",
            "UPDATE orders SET state = 'done', updated_at = now() WHERE id = ANY ($1::bigint[]) RETURNING id",
            "DELETE FROM sessions WHERE expires < now() AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = user_id)",
            "WITH d AS (DELETE FROM sessions WHERE id = 1 RETURNING *) SELECT count(*) FROM d UNION ALL SELECT 0",
            "SELECT CASE WHEN a BETWEEN 1 AND 2 THEN 'x' ELSE coalesce(b, c) END, row_number() OVER (PARTITION BY d) FROM t",
            "CREATE TABLE t (id bigserial PRIMARY KEY, name text NOT NULL DEFAULT '', ref int REFERENCES s (id))",
            "UPDATE t SET a = 1 WHERE id = 1; SELECT * FROM t WHERE id = 1",
            "COPY orders (id, total) TO STDOUT WITH (FORMAT csv)",
            "DO $$ BEGIN PERFORM 1; END $$",
            """
            SELECT n.nspname, c.relname, a.attname, t.typname
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE c.relkind = 'r' AND c.oid = 'orders'::regclass ORDER BY a.attnum""",
            "SELECT ) 1");

    private WarmUp() {}
}
