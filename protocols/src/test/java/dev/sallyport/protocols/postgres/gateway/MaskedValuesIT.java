package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever may read patrons with masks gets their masked values in no way that a statement offers. */
class MaskedValuesIT {
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

    /** Their answers may come, with nothing of the values in them. */
    static Stream<String> shown() {
        return Stream.of(
                "SELECT * FROM patron",
                "TABLE patron",
                "SELECT ssn, email, card FROM patron",
                "SELECT born, balance, pin, doc, tags, raw FROM patron",
                "SELECT p.* FROM patron p",
                "SELECT p FROM patron p",
                "SELECT (p).ssn FROM patron p",
                "SELECT (p.*)::text FROM patron p",
                "SELECT row(ssn) FROM patron",
                "SELECT row_to_json(p) FROM patron p",
                "SELECT to_jsonb(p) FROM patron p",
                "SELECT json_agg(p) FROM patron p",
                "SELECT jsonb_object_agg(id, ssn) FROM patron",
                "SELECT json_build_object('s', ssn) FROM patron",
                "SELECT lower(ssn) FROM patron",
                "SELECT ssn::text FROM patron",
                "SELECT ssn::varchar(8) FROM patron",
                "SELECT substr(ssn, 1, 5) FROM patron",
                "SELECT reverse(ssn) FROM patron",
                "SELECT ssn || '' FROM patron",
                "SELECT concat(note, ssn) FROM patron",
                "SELECT quote_literal(ssn) FROM patron",
                "SELECT CASE WHEN id = 1 THEN ssn ELSE note END FROM patron",
                "SELECT coalesce(ssn, '') FROM patron",
                "SELECT greatest(ssn, email) FROM patron",
                "SELECT array_agg(ssn) FROM patron",
                "SELECT string_agg(ssn, ',') FROM patron",
                "SELECT max(ssn), min(email) FROM patron",
                "SELECT max(pin), sum(balance), avg(balance) FROM patron",
                "SELECT first_value(ssn) OVER (ORDER BY id) FROM patron",
                "SELECT lag(ssn) OVER (ORDER BY id) FROM patron",
                "SELECT (SELECT ssn FROM patron WHERE id = 1)",
                "SELECT ARRAY(SELECT ssn FROM patron)",
                "SELECT ARRAY[ssn, card] FROM patron",
                "SELECT x FROM (SELECT ssn AS x FROM patron) q",
                "SELECT note FROM (SELECT ssn AS note FROM patron) q",
                "SELECT a.note FROM (SELECT ssn || '' AS note FROM patron) a",
                "WITH c AS (SELECT ssn FROM patron) SELECT ssn FROM c",
                "WITH c(note) AS MATERIALIZED (SELECT ssn FROM patron) SELECT note FROM c",
                "WITH RECURSIVE c(n, v) AS (SELECT 1, ssn FROM patron UNION ALL SELECT n + 1, v FROM c WHERE n < 3)"
                        + " SELECT v FROM c",
                "SELECT note FROM patron UNION ALL SELECT ssn FROM patron",
                "SELECT label FROM region UNION ALL SELECT ssn FROM patron",
                "SELECT q.label FROM (SELECT label FROM region UNION ALL SELECT ssn FROM patron) q",
                "SELECT code FROM patron_view",
                "SELECT shout FROM patron_outer",
                "SELECT note FROM patron_view",
                "SELECT ssn, loud FROM patron_stored",
                "SELECT ssn FROM patron_vip",
                "SELECT ssn FROM ONLY patron",
                "SELECT code FROM visit",
                "SELECT code FROM visit_old",
                "SELECT v.code || '' FROM visit_new v",
                "SELECT l.v FROM patron p, LATERAL (SELECT p.ssn AS v) l",
                "VALUES ((SELECT ssn FROM patron WHERE id = 1))",
                "SELECT ssn AS note, note AS ssn FROM patron",
                "SELECT \"ssn\" FROM \"public\".\"patron\"",
                "SELECT U&\"s\\0073n\" FROM patron",
                "EXPLAIN (ANALYZE, VERBOSE) SELECT ssn FROM patron",
                "EXPLAIN (ANALYZE, FORMAT JSON) SELECT ssn FROM patron",
                "COPY patron TO STDOUT",
                "COPY patron TO STDOUT (FORMAT csv, HEADER)",
                "COPY patron (note, ssn, doc, raw) TO STDOUT (FORMAT csv, DELIMITER ';', QUOTE '''', FORCE_QUOTE *)",
                "COPY patron (ssn) TO STDOUT (DELIMITER 'Z')",
                "COPY patron TO STDOUT WITH BINARY",
                "COPY patron TO STDOUT CSV",
                "COPY patron_vip TO STDOUT",
                "COPY patron_stored TO STDOUT",
                "COPY visit_old TO STDOUT",
                "COPY (SELECT ssn, lower(ssn), name, array_agg(ssn) FROM patron GROUP BY id, name) TO STDOUT",
                "COPY (SELECT * FROM patron) TO STDOUT (FORMAT binary)",
                "COPY (SELECT p, ssn || '', born::text, to_jsonb(p) FROM patron p) TO STDOUT (FORMAT csv, HEADER)",
                "COPY (SELECT code, note FROM patron_view UNION ALL TABLE patron_outer) TO STDOUT",
                "COPY (SELECT shout FROM patron_outer) TO STDOUT",
                "COPY (UPDATE patron SET note = note RETURNING ssn, doc) TO STDOUT",
                "COPY (TABLE patron_vip) TO STDOUT CSV",
                "SELECT patron FROM patron",
                "SELECT patron.text FROM patron",
                "SELECT count(ssn) FROM patron",
                "SELECT pg_column_size(ssn) FROM patron",
                "SELECT * FROM patron JOIN parcel ON patron.id = parcel.patron_id",
                "SELECT x.* FROM (patron JOIN region ON region.id = region_id) x",
                "INSERT INTO parcel (memo) VALUES ('x') RETURNING (SELECT ssn FROM patron WHERE id = 1)",
                "UPDATE patron SET note = note WHERE id = 1 RETURNING *",
                "UPDATE patron SET note = note WHERE id = 1 RETURNING ssn || ''",
                "UPDATE patron SET note = note WHERE id = 1 RETURNING old.ssn, new.ssn, old",
                "UPDATE patron SET note = 'a' WHERE id = 1 RETURNING WITH (OLD AS o) o.ssn",
                "UPDATE parcel SET memo = 'm' FROM patron WHERE patron.id = patron_id RETURNING patron.*",
                "DELETE FROM parcel USING patron WHERE patron.id = patron_id AND parcel.id = 20 RETURNING ssn",
                "MERGE INTO parcel USING patron ON patron.id = patron_id AND parcel.id = 19"
                        + " WHEN MATCHED THEN UPDATE SET memo = 'x' RETURNING ssn, patron",
                "INSERT INTO patron (id, region_id) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET note = 'c' RETURNING *",
                "SELECT * FROM patron UNION ALL SELECT * FROM patron",
                "SELECT * FROM region UNION ALL SELECT id, lower(ssn) FROM patron",
                "SELECT x.b FROM ((SELECT id, lower(ssn) s FROM patron) a JOIN (SELECT id, memo FROM parcel) b USING (id)) x(a, b)",
                "SELECT * FROM (SELECT * FROM (SELECT lower(ssn) AS a, id + 1 AS b FROM patron) q) AS x(b, a)",
                "SELECT upper(p.e), p.f FROM patron p(a, b, c, d, e, f)",
                "SELECT y.* FROM (SELECT id, lower(ssn) AS s FROM patron) a LEFT JOIN (region NATURAL JOIN twin) y ON y.id = a.id",
                "WITH RECURSIVE r(a, b, c, n) AS (SELECT ssn, note, name, 1 FROM patron UNION ALL SELECT b, c, a, n + 1 FROM r WHERE n < 4) SELECT a, b, c FROM r",
                "WITH RECURSIVE r(a, n) AS (SELECT name, 1 FROM patron UNION ALL SELECT (SELECT ssn FROM patron WHERE id = 1), n + 1 FROM r WHERE n < 2) SELECT * FROM r",
                "WITH RECURSIVE x AS (SELECT a, n FROM y), y(a, n) AS (SELECT lower(ssn), id FROM patron) SELECT * FROM x",
                "SELECT x, y FROM (VALUES ('a', 1), ((SELECT lower(ssn) FROM patron WHERE id = 1), 2)) v(x, y)",
                "SELECT l.* FROM patron p, LATERAL (SELECT k.* FROM (SELECT 1) z, LATERAL (SELECT lower(p.ssn) AS a) k) l",
                "SELECT (SELECT (SELECT lower(p.ssn))) FROM patron p",
                "SELECT q FROM (SELECT lower(ssn) FROM patron) q",
                "SELECT v FROM (VALUES ((SELECT lower(ssn) FROM patron WHERE id = 1))) v",
                "SELECT (q).lower FROM (SELECT lower(ssn) FROM patron) q",
                "SELECT lower(q) FROM (SELECT ssn AS lower FROM patron) q",
                "SELECT (x).f1 FROM (SELECT row(lower(ssn), id) AS x FROM patron) q",
                "SELECT json_object_agg(ssn, id) FROM patron",
                "SELECT 'x' || ssn || 'y', 'a' || 'b' || ssn FROM patron",
                "SELECT greatest('Z', ssn), least(name, ssn, 'A') FROM patron",
                "SELECT (SELECT max(ssn) FROM patron q WHERE q.id <= p.id) FROM patron p",
                "SELECT count(p.*), count(ssn) OVER () FROM patron p",
                "SELECT q.\"a.b\" FROM (SELECT lower(ssn) AS \"a.b\", id AS \"a\"\"b\" FROM patron) q",
                "COPY (SELECT * FROM patron UNION ALL SELECT * FROM patron) TO STDOUT",
                "COPY (SELECT * FROM patron_view) TO STDOUT (FORMAT binary)",
                "BEGIN; DECLARE k SCROLL CURSOR FOR SELECT lower(ssn), ssn FROM patron; FETCH ALL k; FETCH BACKWARD 1 k; ROLLBACK",
                "BEGIN; DECLARE k CURSOR FOR SELECT upper(label) FROM region; CLOSE k; DECLARE k CURSOR FOR SELECT lower(ssn) FROM patron; FETCH ALL k; ROLLBACK",
                "PREPARE k AS SELECT upper(label) FROM region; DEALLOCATE k; PREPARE k AS SELECT lower(ssn) FROM patron; EXECUTE k; DEALLOCATE k",
                "SELECT * FROM (SELECT lower(ssn) AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa FROM patron) q",
                // Errors with a row or a value in them.
                "UPDATE patron SET region_id = NULL WHERE id = 1",
                "INSERT INTO patron (id, ssn, region_id) VALUES (9, 'QZXQX', NULL)",
                "DELETE FROM region WHERE id = 1",
                "DELETE FROM region");
    }

    @ParameterizedTest
    @MethodSource("shown")
    void shows_nothing_of_a_masked_value(String sql) throws Exception {
        for (List<Message> answer : List.of(
                client.query(sql),
                Bait.extended(client, sql, 0),
                Bait.extended(client, sql, sql.startsWith("COPY") ? 0 : 1))) {
            Bait.nothingLeaked(answer);
            assertThat(Bait.refusal(answer)).isNotEqualTo("08P01");
        }
        assertThat(Bait.rows(client.query("SELECT 7"))).containsExactly(List.of("7"));
    }

    /** Each would tell something of the value by which rows come, by whether it fails, or by leaving it elsewhere. */
    static Stream<String> refused() {
        return Stream.of(
                "SELECT id FROM patron WHERE ssn LIKE 'Q%'",
                "SELECT id FROM patron WHERE lower(ssn) > 'q'",
                "SELECT id FROM patron WHERE patron::text LIKE '%Q%'",
                "SELECT id FROM patron p WHERE p = p",
                "SELECT id FROM patron p WHERE row(p.*) IS NOT NULL",
                "SELECT id FROM patron WHERE (SELECT ssn) = 'x'",
                "SELECT id FROM patron p WHERE EXISTS (SELECT 1 FROM patron q WHERE q.ssn < p.note)",
                "SELECT id FROM patron WHERE note IN (SELECT ssn FROM patron)",
                "SELECT 1 WHERE 'Q' < ANY (SELECT ssn FROM patron)",
                "SELECT id FROM patron ORDER BY ssn",
                "SELECT id, ssn FROM patron ORDER BY 2",
                "SELECT id, ssn AS s FROM patron ORDER BY s",
                "SELECT id FROM patron p ORDER BY p",
                "SELECT * FROM patron ORDER BY 5",
                "SELECT * FROM patron UNION ALL SELECT * FROM patron ORDER BY ssn",
                "TABLE patron UNION ALL TABLE patron ORDER BY 5",
                "SELECT count(*) FROM patron GROUP BY ssn",
                "SELECT id FROM patron GROUP BY id HAVING max(ssn) > 'Q'",
                "SELECT DISTINCT ssn FROM patron",
                "SELECT DISTINCT ON (ssn) id FROM patron",
                "SELECT ssn FROM patron UNION SELECT note FROM patron",
                "SELECT ssn FROM patron EXCEPT SELECT 'QZXQ0'",
                "SELECT count(*) FILTER (WHERE ssn LIKE 'Q%') FROM patron",
                "SELECT count(DISTINCT ssn) FROM patron",
                "SELECT array_agg(id ORDER BY ssn) FROM patron",
                "SELECT id, row_number() OVER (ORDER BY ssn) FROM patron",
                "SELECT id, rank() OVER w FROM patron WINDOW w AS (PARTITION BY ssn)",
                "SELECT p.id FROM patron p JOIN parcel ON parcel.memo = p.ssn",
                "SELECT p.id FROM patron p JOIN twin USING (ssn)",
                "SELECT p.id FROM patron p NATURAL JOIN twin",
                "SELECT id FROM (SELECT id, ssn AS x FROM patron) q WHERE x LIKE 'Q%'",
                "WITH c AS (SELECT id, ssn x FROM patron) SELECT id FROM c WHERE x LIKE 'Q%'",
                "SELECT id FROM patron_view WHERE code LIKE 'Q%'",
                "SELECT id FROM patron_outer WHERE shout LIKE 'Q%'",
                "SELECT id FROM patron_stored WHERE loud LIKE 'Q%'",
                "SELECT id FROM patron_vip WHERE ssn LIKE 'Q%'",
                "SELECT id FROM visit_old WHERE code LIKE 'Q%'",
                "SELECT id FROM parcel LIMIT (SELECT length(ssn) FROM patron WHERE id = 1)",
                "SELECT id FROM parcel OFFSET (SELECT ascii(ssn) FROM patron WHERE id = 1)",
                "SELECT id FROM patron, generate_series(1, ascii(ssn))",
                "SELECT id, generate_series(1, ascii(ssn)) FROM patron",
                "SELECT id, unnest(tags) FROM patron",
                "SELECT id, regexp_split_to_table(ssn, '') FROM patron",
                "SELECT id FROM patron, jsonb_each(doc)",
                "SELECT id FROM patron TABLESAMPLE SYSTEM ((SELECT length(ssn) FROM patron WHERE id = 1))",
                "UPDATE parcel SET memo = 'x' FROM patron WHERE ssn LIKE 'Q%'",
                "DELETE FROM parcel USING patron WHERE ssn LIKE 'Q%'",
                "MERGE INTO parcel USING patron ON memo = ssn WHEN MATCHED THEN DELETE",
                "MERGE INTO parcel p USING patron ON p.patron_id = patron.id WHEN MATCHED AND ssn > 'Q' THEN DELETE",
                "EXPLAIN SELECT id FROM patron WHERE ssn < 'R'",
                "EXPLAIN ANALYZE SELECT id FROM patron WHERE ssn < 'R'",
                "SELECT id, ssn || '' FROM patron ORDER BY \"?column?\"",
                "SELECT id, CASE WHEN true THEN ssn END FROM patron ORDER BY \"case\"",
                "SELECT id, (SELECT lower(p.ssn)) FROM patron p ORDER BY lower",
                "SELECT DISTINCT ON (\"array\") id, ARRAY[ssn] FROM patron",
                "SELECT count(*), coalesce(ssn, '') FROM patron GROUP BY \"coalesce\"",
                "SELECT * FROM patron UNION ALL SELECT * FROM patron ORDER BY ssn",
                "SELECT * FROM patron UNION ALL SELECT * FROM patron ORDER BY 5",
                "SELECT id FROM (SELECT * FROM patron) q(a, b, c, d, e) ORDER BY e",
                "SELECT x.* FROM (patron JOIN region USING (id)) x(a, b, c, d, e) ORDER BY e",
                "SELECT * FROM patron ORDER BY 5 USING <",
                "SELECT ssn, count(*) FROM patron GROUP BY GROUPING SETS ((ssn), ())",
                "SELECT 1 FROM patron GROUP BY DISTINCT ROLLUP (id, ssn)",
                "SELECT EXISTS (SELECT 1 FROM patron HAVING max(ssn) > 'Q')",
                "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ssn) FROM patron",
                "SELECT x FROM patron, JSON_TABLE(doc, '$' COLUMNS (x text PATH '$.k')) t",
                "SELECT JSON_VALUE('{\"a\":1}', '$.a' PASSING ssn AS x) FROM patron",
                "SELECT x.* FROM patron, XMLTABLE('/a' PASSING xmlelement(name a, ssn) COLUMNS s text PATH '.') x",
                "SELECT unnest(string_to_array(ssn, '')) FROM patron",
                "SELECT format('%s', ssn) FROM patron",
                "SELECT to_tsvector(ssn) FROM patron",
                "SELECT numrange(balance, balance, '[]') FROM patron",
                "SELECT nullif('x', ssn) FROM patron",
                "INSERT INTO patron (id, region_id) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET note = 'x' WHERE patron.ssn LIKE 'Q%'",
                // So does whether it is NULL.
                "SELECT '{\"QZXQZ\": \"x\"}'::jsonb ->> left(ssn, 5) FROM patron",
                "SELECT jsonb_build_object(ssn, 1) -> 'QZ' FROM patron",
                "SELECT doc #> ARRAY[ssn] FROM patron",
                "SELECT ('{\"QZXQZ\": \"x\"}'::jsonb)[left(ssn, 5)] FROM patron",
                "SELECT ('[81:81]={x}'::text[])[ascii(ssn)] FROM patron",
                "SELECT lag('x', ascii(ssn)) OVER () FROM patron, generate_series(1, 200)",
                "SELECT to_char(1, ssn) FROM patron",
                "SELECT substring(ssn, '40711') FROM patron",
                "SELECT substring(ssn, '4', '7') FROM patron",
                "SELECT json_build_object(VARIADIC tags) FROM patron",
                "SELECT count(x) FROM (SELECT ('[81:81]={x}'::text[])[ascii(ssn)] AS x FROM patron) q",
                // Whether it fails tells a bit as well.
                "SELECT 1 / (ascii(ssn) - 81) FROM patron WHERE id = 1",
                "SELECT ssn::int FROM patron WHERE id = 1",
                "SELECT CASE WHEN ssn LIKE 'Q%' THEN 1 / (id - 1) END FROM patron WHERE id = 1",
                "SELECT ssn LIKE 'Q%' AND 1 / (id - 1) = 1 FROM patron WHERE id = 1",
                "SELECT coalesce(nullif(left(ssn, 1), 'Q'), (1 / (id - 1))::text) FROM patron WHERE id = 1",
                "SELECT chr(ascii(ssn) - 81) FROM patron WHERE id = 1",
                "SELECT repeat('x', ascii(ssn) * 20000000) FROM patron WHERE id = 1",
                "SELECT x FROM (SELECT 1 / (ascii(ssn) - 81) AS x FROM patron) q",
                "SELECT count(nullif(ssn, 'x')) FROM patron",
                "SELECT (ARRAY[1])[1] + pin * 20 FROM patron",
                "SELECT sqrt(pin - 407154072) FROM patron",
                "SELECT (doc ->> 'k')::int FROM patron",
                "SELECT CASE WHEN ssn LIKE 'Q%' THEN (SELECT id FROM parcel) END FROM patron",
                "INSERT INTO parcel (memo) VALUES ('x') RETURNING 1 / ((SELECT ascii(ssn) FROM patron WHERE id = 1) - 81)",
                "SELECT ssn = 'QZXQZ' FROM patron",
                "SELECT ssn IS NULL FROM patron",
                "SELECT JSON_OBJECT('s': ssn) FROM patron",
                // What is left elsewhere can be read there.
                "UPDATE patron SET note = ssn",
                "UPDATE patron SET (note, name) = (SELECT ssn, card FROM patron q WHERE q.id = patron.id)",
                "UPDATE parcel SET memo = (SELECT ssn FROM patron WHERE id = 1)",
                "UPDATE parcel SET memo = ssn FROM patron WHERE patron.id = patron_id",
                "INSERT INTO parcel (memo) SELECT ssn FROM patron",
                "INSERT INTO parcel (memo) SELECT p::text FROM patron p",
                "INSERT INTO parcel (total) SELECT length(ssn) FROM patron",
                "INSERT INTO parcel (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET memo = (SELECT ssn FROM patron LIMIT 1)",
                "INSERT INTO patron (id, region_id) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET note = patron.ssn",
                "WITH w AS (UPDATE patron SET note = ssn RETURNING note) SELECT 1",
                "MERGE INTO parcel USING patron ON false WHEN NOT MATCHED THEN INSERT (memo) VALUES (ssn)",
                "CREATE TEMP TABLE t AS SELECT ssn FROM patron",
                "CREATE TABLE t AS SELECT ssn FROM patron",
                "SELECT ssn INTO TEMP t FROM patron",
                "SELECT set_config('application_name', ssn, false) FROM patron",
                "SELECT set_config('DateStyle', ssn, false) FROM patron",
                "SELECT set_config('statement_timeout', (100000 + ascii(ssn))::text, false) FROM patron WHERE id = 1",
                "SELECT setseed(ascii(ssn) / 1000.0) FROM patron WHERE id = 1",
                "SELECT pg_notify('c', ssn) FROM patron",
                "SELECT setval('parcel_id_seq', ascii(ssn)) FROM patron",
                "SELECT pg_advisory_lock(ascii(ssn)) FROM patron",
                "SELECT lo_from_bytea(0, raw) FROM patron",
                // Streams whose columns are not known.
                "COPY (SELECT p.*, (p).* FROM patron p) TO STDOUT",
                "COPY (SELECT ssn FROM patron) TO STDOUT (ENCODING 'UTF8')",
                "COPY (SELECT ssn FROM patron) TO STDOUT; COPY (SELECT ssn FROM patron) TO STDOUT",
                "COPY patron TO STDOUT (ENCODING 'UTF16')",
                "COPY patron TO STDOUT (ENCODING 'LATIN1')",
                // Functions and catalogue tables that show values.
                "SELECT tell_ssn(1)",
                "SELECT * FROM tell_ssn(1)",
                "SELECT raise_ssn(1)",
                "SELECT public.tell_ssn(id) FROM patron",
                "INSERT INTO watched VALUES (1, 'x')",
                "SELECT query_to_xml('SELECT ssn FROM patron', true, true, '')",
                "SELECT table_to_xml('patron', true, true, '')",
                "SELECT * FROM ts_stat('SELECT to_tsvector(ssn) FROM patron')",
                "SELECT most_common_vals FROM pg_stats WHERE tablename = 'patron'",
                "SELECT * FROM pg_statistic",
                "SELECT query FROM pg_stat_activity",
                "SELECT * FROM pg_stat_get_activity(NULL)",
                "SELECT pg_stat_get_backend_activity(1)",
                "SELECT * FROM pg_prepared_statements",
                "SELECT attmissingval FROM pg_attribute",
                "SELECT a FROM pg_attribute a",
                "SELECT pg_read_file('postgresql.conf')",
                "SELECT get_raw_page('patron', 0)");
    }

    /** Each would have the columns counted from the wrong place, and a harmless one of the same name taken for the other. */
    static Stream<String> misplaced() {
        String likeParcel =
                "(SELECT 3 AS id, 1 patron_id, 's'::text status, 1::numeric(10,2) total, lower(ssn) AS memo,"
                        + " '{}'::jsonb AS details, now() AS placed FROM patron WHERE id = 1) q";
        return Stream.of(
                "SELECT (q).*, y.* FROM (SELECT id, lower(ssn) AS ssn FROM patron) q, (SELECT 1 AS ssn) x,"
                        + " LATERAL (SELECT x.* FROM (SELECT 2 AS ssn) x) y",
                "SELECT (q).*, x.* FROM (SELECT id, lower(ssn) AS ssn FROM patron) q,"
                        + " ((SELECT 1 AS ssn) x CROSS JOIN (SELECT 1 AS y) y) j, (SELECT 2 AS ssn) x",
                "SELECT y.* FROM (SELECT lower(ssn) AS ssn FROM patron) x, LATERAL (SELECT x.* FROM"
                        + " ((SELECT 'a'::text AS ssn) x CROSS JOIN (SELECT 1) z) j) y",
                "SELECT (q).*, j.* FROM (SELECT id, lower(ssn) AS b FROM patron) q, ((SELECT CASE WHEN true THEN 1 END) a"
                        + " NATURAL JOIN (SELECT 1 AS \"case\", 2 AS b) b) j",
                "MERGE INTO parcel p USING " + likeParcel + " ON p.id = q.id WHEN MATCHED THEN UPDATE SET status = 'x'"
                        + " RETURNING *",
                "COPY (MERGE INTO parcel p USING " + likeParcel + " ON p.id = q.id WHEN MATCHED THEN UPDATE SET"
                        + " status = 'x' RETURNING *) TO STDOUT");
    }

    @ParameterizedTest
    @MethodSource("misplaced")
    void shows_no_masked_value_in_the_place_of_a_harmless_one(String sql) throws Exception {
        shows_nothing_of_a_masked_value(sql);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses_what_would_tell_a_masked_value(String sql) throws Exception {
        String mark = "/* refused " + Integer.toHexString(sql.hashCode()) + " */ ";
        for (List<Message> answer : List.of(client.query(mark + sql), Bait.extended(client, mark + sql, 0))) {
            Bait.nothingLeaked(answer);
            assertThat(Bait.refusal(answer)).isEqualTo("42501");
        }
        assertThat(bait.reached(mark)).isFalse();
        assertThat(Bait.rows(client.query("SELECT 7"))).containsExactly(List.of("7"));
    }

    /** A driver reads the NULL in a sum's place as 0. */
    @Test
    void warns_of_what_is_masked_though_nobody_named_it() throws Exception {
        List<Message> simple = client.query(
                "SELECT max(pin) AS highest, count(*) AS patrons, count(ssn), max(id) AS last FROM patron");
        assertThat(Bait.rows(simple)).containsExactly(Arrays.asList(null, "3", "3", "3"));
        Message warning = simple.getFirst();
        assertThat(warning.field('V')).isEqualTo("WARNING");
        assertThat(warning.field('M')).endsWith("masked column: highest");
        assertThat(warning.field('H')).contains("neither none nor zero");

        String again = "SELECT max(pin) FROM patron -- by Parse, Bind and Execute";
        assertThat(notices(Bait.extended(client, again, 0))).isEqualTo(1);
        assertThat(notices(Bait.extended(client, again, 0)))
                .as("once for each text")
                .isZero();
        assertThat(notices(client.query("SELECT id, ssn FROM patron WHERE id = 1")))
                .as("columns of the table itself")
                .isZero();
    }

    /** Masks must not win by hiding everything. */
    @Test
    void shows_what_derives_from_no_masked_column() throws Exception {
        assertThat(Bait.rows(client.query(
                        "SELECT p.id + 1, upper(name), now() > '2020-01-01', EXISTS (SELECT ssn FROM patron),"
                                + " (SELECT count(*) > 5 FROM parcel) FROM patron p WHERE id = 1")))
                .containsExactly(List.of("2", "ADA", "t", "t", "t"));
        assertThat(Bait.rows(client.query("SELECT v.id, upper(v.name), lower(v.name) FROM patron_view v WHERE id = 2")))
                .containsExactly(List.of("2", "BOB", "bob"));
        assertThat(Bait.rows(client.query(
                        "WITH w AS (SELECT * FROM patron) SELECT label, count(*) FROM w JOIN region r ON r.id = region_id"
                                + " GROUP BY label ORDER BY label")))
                .containsExactly(List.of("north", "2"), List.of("south", "1"));
        assertThat(Bait.rows(client.query(
                        "SELECT * FROM region UNION ALL SELECT id, lower(ssn) FROM patron ORDER BY id, 1 LIMIT 1")))
                .containsExactly(List.of("1", "[redacted]"));
        assertThat(Bait.rows(client.query("SELECT p.a + 1, upper(p.b) FROM patron p(a, b) ORDER BY p.a LIMIT 1")))
                .containsExactly(List.of("2", "ADA"));
        assertThat(Bait.rows(client.query("SELECT p.*, 1 FROM patron_view p ORDER BY 2 LIMIT 1"))
                        .getFirst())
                .startsWith("1", "Ada", "************0001");
        assertThat(Bait.rows(client.query(
                        "SELECT 'no. ' || ssn, CASE WHEN id > 0 THEN ssn END, ssn::text FROM patron WHERE id = 1")))
                .containsExactly(List.of("no. " + "************0001", "************0001", "************0001"));
    }

    @Test
    void copies_a_query_with_its_columns_masked_one_by_one() throws Exception {
        List<Message> answer = client.query("COPY (SELECT id, ssn, 'no. ' || ssn, upper(name), lower(ssn), pin, born,"
                + " coalesce(ssn, name) FROM patron WHERE id = 1) TO STDOUT");
        assertThat(answer.stream()
                        .filter(message -> message.tag() == 'd')
                        .map(message -> new String(message.body(), StandardCharsets.UTF_8)))
                .containsExactly("1\t************0001\tno. ************0001\tADA\t\\N\t\\N\t\\N\t************0001\n");
    }

    private static long notices(List<Message> answer) {
        return answer.stream().filter(message -> message.tag() == 'N').count();
    }

    @Test
    void records_nothing_of_a_masked_value() {
        bait.nothingRecordedSince(0);
    }
}
