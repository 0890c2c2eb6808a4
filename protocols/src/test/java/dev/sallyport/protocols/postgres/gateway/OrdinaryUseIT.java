package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.postgres.RawClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What bots do all day goes through, beside masked columns too. */
class OrdinaryUseIT {
    private static Bait bait;
    private static RawClient client;

    @BeforeAll
    static void open() throws Exception {
        bait = new Bait();
        client = bait.client(Bait.WRITER);
    }

    @AfterAll
    static void close() throws Exception {
        client.close();
        bait.close();
    }

    static Stream<String> statements() {
        return Stream.of(
                "SELECT 1",
                "SELECT version(), current_database(), current_user, now()",
                "SHOW server_version",
                "SHOW search_path",
                "SET application_name = 'bot'",
                "SET statement_timeout = '30s'",
                "SET TIME ZONE 'UTC'",
                "SET extra_float_digits = 3",
                "BEGIN; SELECT 1; COMMIT",
                // What asyncpg's pool sends whenever a connection comes back to it.
                "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;",
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT id FROM parcel; ROLLBACK",
                "SELECT * FROM patron",
                "SELECT id, name, ssn FROM patron WHERE id = 1",
                "SELECT p.id, p.name FROM patron p WHERE p.name ILIKE '%a%' ORDER BY p.name, p.id DESC LIMIT 10 OFFSET 0",
                "SELECT count(*) FROM patron",
                "SELECT name, count(*) AS n FROM patron GROUP BY name HAVING count(*) > 0 ORDER BY n DESC",
                "SELECT DISTINCT name FROM patron",
                "SELECT p.name, o.total FROM patron p JOIN parcel o ON o.patron_id = p.id WHERE o.total > 10",
                "SELECT p.name, sum(o.total) AS spent FROM patron p LEFT JOIN parcel o ON o.patron_id = p.id GROUP BY p.name",
                "SELECT p.name, r.label FROM patron p JOIN region r ON r.id = p.region_id",
                "SELECT p.name, p.email, o.id FROM patron p, parcel o WHERE p.id = o.patron_id AND o.status = 'new'",
                "SELECT name FROM patron WHERE id IN (SELECT patron_id FROM parcel WHERE total > 50)",
                "SELECT name FROM patron p WHERE EXISTS (SELECT 1 FROM parcel o WHERE o.patron_id = p.id)",
                "SELECT upper(name), length(note), coalesce(note, 'none') FROM patron",
                "SELECT name || ' <' || email || '>' FROM patron",
                "SELECT coalesce(email, 'none'), left(ssn, 3), lower(email) FROM patron",
                "SELECT CASE WHEN id = 1 THEN email ELSE name END FROM patron",
                "SELECT json_build_object('id', id, 'email', email) FROM patron",
                "SELECT id, name FROM patron WHERE id > 1 ORDER BY id FETCH FIRST 5 ROWS ONLY",
                "SELECT id FROM parcel WHERE id > 5 ORDER BY id LIMIT 5",
                "SELECT status, count(*), avg(total), min(total), max(total) FROM parcel GROUP BY status",
                "SELECT date_trunc('day', placed) AS day, sum(total) FROM parcel GROUP BY 1 ORDER BY 1",
                "SELECT * FROM parcel WHERE placed > now() - interval '7 days'",
                "SELECT extract(year FROM placed), placed::date, to_char(placed, 'YYYY-MM') FROM parcel",
                "SELECT total * 1.19 AS gross, round(total / 3, 2), total::int FROM parcel",
                "SELECT o.total * 2, p.name FROM parcel o JOIN patron p ON p.id = o.patron_id",
                "SELECT id, row_number() OVER (PARTITION BY patron_id ORDER BY placed DESC) FROM parcel",
                "SELECT id, sum(total) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM parcel",
                "SELECT id, lag(total) OVER (ORDER BY id) FROM parcel",
                "WITH big AS (SELECT * FROM parcel WHERE total > 100) SELECT count(*) FROM big",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n",
                "WITH o AS (SELECT patron_id, sum(total) t FROM parcel GROUP BY 1)"
                        + " SELECT p.name, o.t FROM o JOIN patron p ON p.id = o.patron_id ORDER BY o.t",
                "SELECT details->>'weight', details @> '{\"weight\": 1}' FROM parcel",
                "SELECT jsonb_agg(details) FROM parcel",
                "SELECT o.id, d.key FROM parcel o, jsonb_each(o.details) d",
                "SELECT id FROM parcel WHERE details ? 'weight'",
                "SELECT array_agg(id ORDER BY id) FROM parcel",
                "SELECT string_agg(name, ', ' ORDER BY name) FROM patron",
                "SELECT unnest(ARRAY[1, 2, 3])",
                "SELECT * FROM generate_series(1, 3)",
                "SELECT id FROM parcel WHERE id = ANY ('{1,2,3}'::int[])",
                "SELECT id FROM parcel WHERE memo LIKE 'parcel%' AND total BETWEEN 1 AND 1000",
                "SELECT memo FROM parcel WHERE regexp_replace(memo, '[0-9]+', '') = 'parcel '",
                "SELECT id FROM patron UNION SELECT id FROM parcel",
                "VALUES (1, 'a'), (2, 'b')",
                "TABLE region",
                "SELECT name, note FROM patron_view",
                "SELECT code FROM visit",
                "EXPLAIN SELECT * FROM parcel WHERE id = 1",
                "EXPLAIN DELETE FROM parcel",
                "SELECT 'DROP TABLE x', 1 AS delete",
                "INSERT INTO parcel (patron_id, status, total) VALUES (1, 'new', 9.99)",
                "INSERT INTO parcel (patron_id, status) VALUES (1, 'new'), (2, 'new') RETURNING id, status, placed",
                "INSERT INTO parcel (patron_id, memo) SELECT id, name FROM patron WHERE id = 1",
                "INSERT INTO parcel (id, memo) VALUES (1, 'again') ON CONFLICT (id) DO UPDATE SET memo = excluded.memo",
                "INSERT INTO parcel (id, memo) VALUES (1, 'again') ON CONFLICT DO NOTHING",
                "UPDATE parcel SET status = 'sent', total = total + 1 WHERE id = 1 RETURNING id, total",
                "UPDATE parcel o SET memo = p.name FROM patron p WHERE p.id = o.patron_id AND o.id = 2",
                "UPDATE patron SET note = 'called', email = 'new@mail.example' WHERE id = 2",
                "UPDATE parcel SET details = details || '{\"seen\": true}' WHERE id = 3",
                "DELETE FROM parcel WHERE id = 18 RETURNING id",
                "WITH gone AS (DELETE FROM parcel WHERE id = 17 RETURNING *) SELECT count(*) FROM gone",
                "MERGE INTO parcel o USING (VALUES (1, 'merged')) v(id, memo) ON o.id = v.id"
                        + " WHEN MATCHED THEN UPDATE SET memo = v.memo WHEN NOT MATCHED THEN INSERT (memo) VALUES (v.memo)",
                "PREPARE p(int) AS SELECT id FROM parcel WHERE id = $1; EXECUTE p(1); DEALLOCATE p",
                "BEGIN; DECLARE c CURSOR FOR SELECT id FROM parcel; FETCH 2 FROM c; CLOSE c; COMMIT",
                "BEGIN; SAVEPOINT s; UPDATE parcel SET memo = 'x' WHERE id = 4; ROLLBACK TO s; COMMIT",
                "COPY parcel TO STDOUT",
                "COPY (SELECT id, total FROM parcel WHERE id < 5) TO STDOUT (FORMAT csv)",
                "SELECT relname FROM pg_class WHERE relkind = 'r' LIMIT 1",
                "SELECT table_name FROM information_schema.tables LIMIT 1",
                "SELECT gen_random_uuid(), md5('x'), random() < 2",
                "DISCARD ALL",
                "");
    }

    @ParameterizedTest
    @MethodSource("statements")
    void goes_through(String sql) throws Exception {
        assertThat(Bait.refusal(client.query(sql))).isEmpty();
        if (!sql.contains(";")) {
            assertThat(Bait.refusal(Bait.extended(client, sql, 0))).isEmpty();
        }
        client.query("ROLLBACK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared"})
    void a_driver_reads_and_writes(String mode) throws Exception {
        try (Connection connection = bait.gateway.jdbc(
                bait.gateway.bot(Bait.WRITER),
                "preferQueryMode",
                mode,
                "prepareThreshold",
                "2",
                "binaryTransfer",
                "true")) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO parcel (patron_id, memo, total) VALUES (?, ?, ?)", Statement.RETURN_GENERATED_KEYS)) {
                for (int i = 0; i < 3; i++) {
                    insert.setInt(1, 1);
                    insert.setString(2, "batch " + i);
                    insert.setInt(3, i);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(3);
            }
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT id, name, ssn, born, balance, pin, doc, tags, raw FROM patron WHERE id = ?")) {
                select.setFetchSize(1);
                for (int i = 0; i < 6; i++) {
                    select.setInt(1, 1 + i % 3);
                    try (ResultSet rows = select.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString("ssn"))
                                .endsWith("000" + (1 + i % 3))
                                .startsWith("*");
                        assertThat(List.of("Ada", "Bob", "Cyd")).contains(rows.getString("name"));
                        assertThat(rows.getObject("born")).isNull();
                        assertThat(rows.getBigDecimal("balance")).isNull();
                    }
                }
            }
            connection.rollback();
        }
    }
}
