package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Effect;
import dev.sallyport.sql.postgres.catalogue.Cast;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.CatalogueQueries;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Definitions;
import dev.sallyport.sql.postgres.catalogue.Relation;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The catalogue's queries and the table of built-in functions, on a real server. */
class CatalogueIT {
    private static final String SCHEMA = """
            CREATE EXTENSION citext;
            CREATE SCHEMA app;
            CREATE ROLE reader LOGIN;
            CREATE FUNCTION app.slow(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'select $1';
            CREATE TABLE customers (id int PRIMARY KEY, name text, gone int, ssn text,
                initial text GENERATED ALWAYS AS (left(name, 1)) STORED);
            ALTER TABLE customers DROP COLUMN gone;
            CREATE VIEW v AS SELECT id, ssn AS label FROM customers;
            CREATE VIEW vv AS SELECT v.label FROM v;
            CREATE MATERIALIZED VIEW mv AS SELECT id FROM vv, customers;
            CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
            CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
            CREATE TABLE audited (id int, customer int REFERENCES customers ON DELETE CASCADE);
            CREATE TRIGGER t BEFORE INSERT ON audited FOR EACH ROW EXECUTE FUNCTION noted();
            CREATE TABLE ruled (id int);
            CREATE RULE r AS ON INSERT TO ruled DO ALSO NOTIFY x;
            CREATE FUNCTION app.check_it(int) RETURNS bool LANGUAGE sql AS 'select true';
            CREATE TABLE checked (id int CHECK (app.check_it(id)), y int DEFAULT length('x'));
            CREATE FUNCTION app.may_see(int) RETURNS bool LANGUAGE sql AS 'select true';
            CREATE TABLE guarded (id int);
            ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
            CREATE POLICY p ON guarded USING (app.may_see(id));
            CREATE TABLE indexed (id int);
            CREATE FUNCTION app.key(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'select 1';
            CREATE INDEX ON indexed (app.key(id));
            CREATE FUNCTION full_name(customers) RETURNS text LANGUAGE sql AS 'select $1.name';
            CREATE FUNCTION app.adds(int, int) RETURNS int LANGUAGE sql AS 'select 1';
            CREATE OPERATOR app.@@@ (FUNCTION = app.adds, LEFTARG = int, RIGHTARG = int);
            CREATE VIEW operated AS SELECT id OPERATOR(app.@@@) 1 AS x FROM customers;
            CREATE TYPE pair AS (a int, b int);
            CREATE FUNCTION app.to_pair(int) RETURNS pair LANGUAGE sql AS 'select (1, 2)::pair';
            CREATE CAST (int AS pair) WITH FUNCTION app.to_pair(int) AS ASSIGNMENT;
            CREATE FUNCTION app.is_phone(text) RETURNS bool LANGUAGE sql AS 'select true';
            CREATE FUNCTION app.split(value text DEFAULT app.is_phone('x')::text, n int DEFAULT 1) RETURNS int
                LANGUAGE sql SET search_path = app, "Odd" AS 'select 1';
            CREATE FUNCTION app.joined(text) RETURNS text LANGUAGE sql RETURN upper($1) || app.is_phone($1);
            CREATE FUNCTION app.joined(int) RETURNS text LANGUAGE plpgsql AS 'begin return 1; end';
            CREATE FUNCTION app.kept(text) RETURNS text LANGUAGE sql RETURN upper($1) || app.is_phone($1);
            CREATE FUNCTION app.as_owner() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1';
            CREATE FUNCTION app.setting() RETURNS int LANGUAGE sql SET work_mem = '1MB' AS 'select 1';
            CREATE DOMAIN phone AS text CHECK (app.is_phone(VALUE));
            CREATE FUNCTION app.of_phone(phone) RETURNS int LANGUAGE sql AS 'select 1';
            CREATE TYPE mood AS ENUM ('ok');
            CREATE TEMP TABLE mine (id int);
            CREATE TABLE visits (id int, customer int, note varchar(40));
            CREATE VIEW w_made AS SELECT id, ssn AS a, upper(ssn) AS b, ssn::varchar(3) AS c, ssn::varchar AS d,
                'x' || name AS e, 1 AS f, c AS g, coalesce(ssn, name) AS h, ssn COLLATE "C" AS i FROM customers c;
            CREATE VIEW w_upon AS SELECT a, b FROM w_made;
            CREATE VIEW w_with AS WITH q (x, y) AS (SELECT id, ssn FROM customers)
                SELECT q.y, (SELECT max(v.note) FROM visits v WHERE v.customer = q.x) AS m,
                    (SELECT c.ssn FROM customers c WHERE c.id = q.x) AS s FROM q;
            CREATE VIEW w_union AS SELECT id, ssn FROM customers UNION ALL
                (SELECT id, note FROM visits INTERSECT SELECT id, name FROM customers);
            CREATE VIEW w_join AS SELECT * FROM customers c FULL JOIN visits v USING (id);
            CREATE VIEW w_group AS SELECT name, count(*) AS n, count(ssn) AS s, count(DISTINCT ssn) AS d,
                count(*) FILTER (WHERE ssn = '1') AS w, max(ssn) AS m FROM customers GROUP BY name;
            CREATE VIEW w_rows AS SELECT x.a, g, u FROM customers c, LATERAL (VALUES (1, 'a'), (2, c.ssn)) AS x (b, a),
                generate_series(1, 2) AS g, unnest(ARRAY[c.name]) AS u;
            CREATE VIEW w_recursive AS WITH RECURSIVE r (a, b) AS (
                SELECT id, ssn FROM customers UNION ALL SELECT a + 1, b FROM r WHERE a < 3) SELECT a, b FROM r;
            CREATE VIEW w_strange AS SELECT id, app.key(id) AS k, id OPERATOR(app.@@@) 1 AS o FROM customers;
            CREATE VIEW w_sub AS SELECT EXISTS (SELECT ssn FROM customers) AS e, id IN (SELECT id FROM customers) AS i,
                ARRAY(SELECT ssn FROM customers) AS a FROM visits;
            CREATE VIEW ":expr {(" AS SELECT ssn AS ":expr", name AS "a b {" FROM customers;
            CREATE VIEW w_stats AS SELECT tablename, most_common_vals::text AS vals FROM pg_stats;
            CREATE VIEW w_running AS SELECT a.pid, a.query FROM pg_stat_get_activity(NULL) a;
            CREATE VIEW w_xml AS SELECT id, query_to_xml('TABLE customers', true, true, '') AS x FROM visits;
            CREATE TABLE made (a text, b text, c text GENERATED ALWAYS AS (a || 'x') STORED,
                d text GENERATED ALWAYS AS (coalesce(a, lower(b))) STORED, e int GENERATED ALWAYS AS (1) STORED,
                f text GENERATED ALWAYS AS (app.slow(a)) STORED);
            CREATE VIEW w_generated AS SELECT c, d || '' AS d FROM made;
            CREATE VIEW w_tricked AS SELECT name AS ":resno", ssn FROM customers;
            """;

    private static EmbeddedPostgres server;
    private static Connection connection;
    private static Catalogue catalogue;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.builder().start();
        connection = server.getPostgresDatabase().getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
        catalogue = read("reader");
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        server.close();
    }

    private static Catalogue read(String role) throws SQLException {
        List<List<List<String>>> results = new ArrayList<>();
        try (Connection own = server.getDatabase(role, "postgres", Map.of("preferQueryMode", "simple"))
                .getConnection()) {
            for (String sql : CatalogueQueries.statements()) {
                results.add(rows(own, sql));
            }
        }
        return Catalogue.of(results);
    }

    private static List<List<String>> rows(Connection connection, String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static Relation relation(String name) {
        return catalogue.relation("public", name).orElseThrow();
    }

    private static Facts facts(String sql) {
        return Facts.of(Shop.analyse(sql), Shop.session(), catalogue);
    }

    @Test
    void columns_are_found_by_the_numbers_that_rows_are_described_with() {
        Relation customers = relation("customers");
        assertThat(customers.columns()).extracting(Column::name).containsExactly("id", "name", "ssn", "initial");
        assertThat(catalogue.column(customers.oid(), 4)).map(Column::name).hasValue("ssn");
        assertThat(catalogue.column(customers.oid(), 3)).isEmpty();
        assertThat(customers.column("initial")).map(Column::generated).hasValue(true);
        assertThat(customers.column("ssn")).map(Column::generated).hasValue(false);
    }

    @Test
    void views_are_followed_to_their_tables() {
        assertThat(catalogue.baseTables(relation("vv").oid()))
                .containsExactlyInAnyOrder("public.vv", "public.v", "public.customers");
        assertThat(catalogue.baseTables(relation("mv").oid())).contains("public.customers");
        assertThat(facts("SELECT label FROM vv WHERE label > '1'").columns())
                .contains(new ColumnUse("public.customers", "ssn", ColumnUse.Role.PREDICATE));
    }

    /** A base that the view's column is made of, and not one of, has brackets around it. */
    @ParameterizedTest
    @CsvSource({
        "w_made, id, id",
        "w_made, a, ssn",
        "w_made, b, (ssn)",
        "w_made, c, (ssn)",
        "w_made, d, ssn",
        "w_made, e, (name)",
        "w_made, f, ''",
        "w_made, g, (*)",
        "w_made, h, (name) (ssn)",
        "w_made, i, ssn",
        "w_upon, a, w_made.a ssn",
        "w_upon, b, (ssn) w_made.b",
        "w_with, y, ssn",
        "w_with, m, (visits.note)",
        "w_with, s, ssn",
        "w_union, id, id visits.id",
        "w_union, ssn, name ssn visits.note",
        "w_join, id, (id) (visits.id)",
        "w_join, ssn, ssn",
        "w_join, note, visits.note",
        "w_group, name, name",
        "w_group, n, ''",
        "w_group, s, ''",
        "w_group, d, (ssn)",
        "w_group, w, (ssn)",
        "w_group, m, (ssn)",
        "w_rows, a, ssn",
        "w_rows, g, ''",
        "w_rows, u, (name)",
        "w_recursive, a, (id) (ssn)",
        "w_recursive, b, (id) (ssn)",
        "w_strange, id, id",
        "w_strange, k, (?.*) (id)",
        "w_strange, o, (?.*) (id)",
        "w_sub, e, ''",
        "w_sub, i, (id) (visits.id)",
        "w_sub, a, (ssn)",
        "':expr {(', 'a b {', (*)",
        "w_tricked, ssn, (*)",
        "w_stats, vals, (pg_catalog.pg_stats.most_common_vals)",
        "w_running, query, (?.*)",
        "w_xml, x, (?.*)",
        "w_xml, id, visits.id",
        "w_generated, c, made.c (made.a)",
        "w_generated, d, (made.a) (made.b) (made.d)",
        "made, c, (made.a)",
        "made, d, (made.a) (made.b)",
        "made, e, ''",
        "made, f, (?.*) (made.a)",
    })
    void a_columns_definition_tells_what_it_derives_from(String view, String column, String expected) {
        String own = "public." + view + "." + column;
        assertThat(BaseColumn.of(relation(view), column, catalogue))
                .extracting(CatalogueIT::shown)
                .contains(own.replace("public.", ""))
                .filteredOn(base -> !base.equals(own.replace("public.", "")))
                .containsExactlyInAnyOrder(expected.isEmpty() ? new String[0] : expected.split(" (?=[^ ])"));
    }

    private static String shown(BaseColumn base) {
        String name = base.isUnknown()
                ? "?.*"
                : (base.table() + "." + base.column()).replaceFirst("^public\\.(customers\\.)?", "");
        return base.whole() ? name : "(" + name + ")";
    }

    @Test
    void a_view_on_the_servers_own_tables_is_followed_to_them() {
        assertThat(catalogue.baseTables(relation("w_stats").oid()))
                .containsExactlyInAnyOrder("public.w_stats", "pg_catalog.pg_stats");
    }

    @Test
    void a_view_that_calls_what_may_read_anything_may_show_any_table() {
        assertThat(catalogue.baseTables(relation("w_running").oid())).contains("?");
        assertThat(catalogue.baseTables(relation("w_xml").oid())).contains("?", "public.visits");
        assertThat(catalogue.baseTables(relation("w_rows").oid())).doesNotContain("?");
    }

    /** The functions are listed by their OIDs, as definitions name them. */
    @Test
    void functions_that_read_more_than_their_arguments_are_those_that_the_server_has() throws SQLException {
        String named = "SELECT oid FROM pg_catalog.pg_proc WHERE oid < 16384 AND (proname ~ '_to_xml(_and_xmlschema)?$'"
                + " OR proname IN ('ts_stat', 'ts_rewrite', 'pg_read_file', 'pg_read_binary_file', 'lo_get', 'loread',"
                + " 'pg_stat_get_activity', 'pg_stat_get_backend_activity') OR proname ~ '^pg_logical_slot_.*_changes$')";
        for (List<String> row : rows(connection, named)) {
            assertThat(Definitions.functionsReadingMoreThanTheirArguments()).contains(Integer.valueOf(row.getFirst()));
        }
    }

    @Test
    void partitions_belong_to_their_table() {
        assertThat(catalogue.baseTables(relation("events").oid()))
                .containsExactlyInAnyOrder("public.events", "public.events_2025");
    }

    @Test
    void only_triggers_and_rules_that_somebody_made_count() {
        assertThat(relation("audited").triggers()).isTrue();
        assertThat(relation("customers").triggers()).isFalse();
        assertThat(relation("ruled").rules()).isTrue();
        assertThat(relation("v").rules()).isFalse();
    }

    @Test
    void code_that_runs_beside_a_statement_is_known() {
        assertThat(relation("checked").hooks()).containsExactly(new Relation.Hook(false, "app.check_it"));
        assertThat(relation("guarded").hooks()).containsExactly(new Relation.Hook(true, "app.may_see"));
        assertThat(relation("indexed").hooks()).containsExactly(new Relation.Hook(true, "app.key"));
        assertThat(relation("operated").hooks()).containsExactly(new Relation.Hook(true, "app.adds"));
        assertThat(catalogue.domainFunctions("phone")).containsExactly("app.is_phone");
        assertThat(catalogue.casts()).containsExactly(new Cast("int4", "pair", true, "app.to_pair"));
        assertThat(catalogue.operatorSchemas("@@@")).containsExactly("app");
        assertThat(catalogue.functionSchemas("may_see")).containsExactly("app");
        assertThat(catalogue.isRowFunction("full_name")).isTrue();
        assertThat(catalogue.isRowFunction("may_see")).isFalse();
        assertThat(catalogue.cascades(relation("customers").oid(), true))
                .extracting(Relation::name)
                .containsExactly("audited");
        assertThat(catalogue.cascades(relation("customers").oid(), false)).isEmpty();
    }

    @Test
    void functions_in_sql_are_known_by_their_bodies() {
        assertThat(catalogue.functions("app.split")).singleElement().satisfies(function -> {
            assertThat(function.definition()).isEqualTo("select 1");
            assertThat(function.bound()).isFalse();
            assertThat(function.searchPath()).hasValue("app, \"Odd\"");
            assertThat(function.defaults()).isEqualTo("(app.is_phone('x'::text))::text, 1");
            assertThat(function.parameters()).containsExactlyInAnyOrder("value", "n");
            assertThat(function.converts()).isTrue();
        });
        assertThat(catalogue.functions("app.kept")).singleElement().satisfies(function -> {
            assertThat(function.definition()).contains("RETURN (upper($1) || app.is_phone($1))");
            assertThat(function.bound()).isTrue();
            assertThat(function.converts()).isFalse();
        });
        assertThat(catalogue.functions("public.full_name")).hasSize(1);
    }

    @Test
    void of_what_is_not_in_sql_or_runs_otherwise_than_its_caller_no_body_is_known() {
        for (String name : List.of("app.joined", "app.as_owner", "app.setting", "public.noted", "app.of_phone")) {
            assertThat(catalogue.functions(name)).as(name).isEmpty();
        }
        assertThat(catalogue.operatorFunctions("app.@@@")).containsExactly("app.adds");
    }

    /** With citext in a database every max() and replace() was unknown, whatever it was called with. */
    @Test
    void an_extensions_functions_do_not_shadow_built_in_ones() {
        assertThat(catalogue.functionSchemas("max")).containsExactly("public");
        assertThat(catalogue.shadowingSchemas("max")).isEmpty();
        assertThat(catalogue.shadowingSchemas("may_see")).containsExactly("app");
        assertThat(facts("SELECT max(id), replace(max(name), 'a', 'b') FROM customers")
                        .effects())
                .extracting(Effect::toString)
                .doesNotContain("unknown function:public.max", "unknown function:public.replace");
    }

    @Test
    void temporary_relations_of_any_session_stay_out() {
        assertThat(catalogue.relation("pg_temp", "mine")).isEmpty();
        assertThat(facts("SELECT * FROM mine").effects())
                .extracting(Effect::toString)
                .contains("read table:?.mine");
    }

    @Test
    void types_are_known_by_their_number() {
        assertThat(catalogue.type(25)).hasValueSatisfying(text -> {
            assertThat(text.name()).isEqualTo("text");
            assertThat(text.category()).isEqualTo('S');
        });
        assertThat(catalogue.type(1009))
                .hasValueSatisfying(array -> assertThat(array.element()).isEqualTo(25));
    }

    @Test
    void every_function_of_the_server_is_in_exactly_one_class() throws SQLException {
        Set<String> unclassified = new TreeSet<>();
        String all = """
                SELECT DISTINCT CASE n.nspname WHEN 'pg_catalog' THEN '' ELSE n.nspname || '.' END || p.proname
                FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE p.oid < 16384
                """;
        for (List<String> row : rows(connection, all)) {
            if (BuiltinFunctions.kind(row.getFirst()).isEmpty()) {
                unclassified.add(row.getFirst());
            }
        }
        assertThat(unclassified).isEmpty();
    }

    @Test
    void functions_that_answer_with_sets_are_those_that_the_server_says() throws SQLException {
        String sets = "SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE proretset AND oid < 16384";
        for (List<String> row : rows(connection, sets)) {
            assertThat(BuiltinFunctions.returnsSet(row.getFirst()))
                    .as(row.getFirst())
                    .isTrue();
        }
    }
}
