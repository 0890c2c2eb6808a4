package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.CatalogueQueries;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A small shop's catalogue, as its queries would return it, and a session whose path is pg_catalog, public. */
final class Shop {
    private static final PostgresParser PARSER = new PostgresParser();

    private static final String RELATIONS = """
            20001 public customers r
            20002 public orders r
            20003 public v_customers v
            20004 public vv_customers v
            20005 public events p
            20006 public events_2025 r
            20007 public audited r
            20008 public ruled r
            20009 public checked r
            20010 public orders_id_seq S
            20011 public orders_pkey i
            20012 app secrets r
            20013 app orders r
            20014 public guarded r
            20015 public tidied r
            20016 public rented r
            20017 public filled r
            20031 public people r
            20032 public v_watch v
            1259 pg_catalog pg_class r
            1247 pg_catalog pg_type r
            12100 pg_catalog pg_settings v
            12101 pg_catalog pg_stat_activity v
            """;

    /** {@code upper(ssn)}. */
    private static final String LOUD = "{FUNCEXPR :funcid 871 :args ({VAR :varno 1 :varattno 2 :varlevelsup 0})}";

    /** {@code SELECT query AS text FROM pg_stat_activity}, of which PostgreSQL records no dependency. */
    private static final String WATCH = "({QUERY :setOperations <> :cteList <> :rtable ({RANGETBLENTRY :rtekind 0"
            + " :relid 12101}) :targetList ({TARGETENTRY :expr {VAR :varno 1 :varattno 2 :varlevelsup 0} :resno 1"
            + " :resjunk false})})";

    private static final String COLUMNS = """
            20001 id name email ssn card
            20002 id customer_id total note status
            20003 id label
            20004 id label
            20005 id at payload
            20006 id at payload
            20007 id x
            20008 id x
            20009 id x
            20012 id value
            20013 id total
            20014 id x
            20015 id x
            20016 id x
            20017 id x
            20031 id ssn loud
            20032 text
            1259 oid relname relkind
            1247 oid typname
            12100 name setting
            12101 pid query
            """;

    private static final String ROUTINE_NAMES = """
            public tidy f f
            public tidy_all f f
            public ssn_of f f
            public any_ssn f f
            public everybody f f
            public delete_orders f f
            public delete_if f f
            public by_text f f
            public ambiguous f f
            public looping f f
            public deep1 f f
            public deep2 f f
            public deep3 f f
            public deep4 f f
            public deep5 f f
            public calls_risky f f
            public here f f
            public there f f
            public elsewhere f f
            public fixed f f
            public given f f
            public numbered f f
            public counted f f
            app count f f
            public moves f f
            public makes f f
            public two f f
            public named_row f f
            public tenant f f
            public log_it f f
            public stops f f
            """;

    /** Schema, name, definition, bound, path, defaults, parameters, converts; with bars between. */
    private static final String ROUTINES = """
            public|tidy|SELECT lower(trim($1))|f||||f
            public|tidy_all|SELECT concat(tidy(x), tidy(tidy_all.x))|f|||x|f
            public|ssn_of|SELECT ssn FROM customers WHERE id = $1|f||||f
            public|any_ssn|SELECT ssn FROM customers|f||||f
            public|everybody|SELECT id, name, ssn FROM customers ORDER BY name|f||||f
            public|delete_orders|DELETE FROM orders|f||||f
            public|delete_if|DELETE FROM orders WHERE id = $1; SELECT 1|f||||f
            public|by_text|SELECT $1|f||||f
            public|by_text|SELECT name FROM customers|f||||f
            public|ambiguous|SELECT $1|f||||f
            public|ambiguous|
            public|looping|SELECT looping($1)|f||||f
            public|deep1|SELECT deep2()|f||||f
            public|deep2|SELECT deep3()|f||||f
            public|deep3|SELECT deep4()|f||||f
            public|deep4|SELECT deep5()|f||||f
            public|deep5|SELECT 1|f||||f
            public|calls_risky|SELECT risky()|f||||f
            public|here|SELECT total FROM orders|f||||f
            public|there|SELECT total FROM orders|f|app|||f
            public|elsewhere|SELECT total FROM orders|f|"$user", public|||f
            public|fixed|CREATE OR REPLACE FUNCTION public.fixed() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT orders.total FROM app.orders; SELECT lower('x'); END|t|||f
            public|given|SELECT $1|f||public.ssn_of(1)||f
            public|numbered|SELECT card FROM customers|f||||t
            public|counted|CREATE FUNCTION public.counted() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) AS count FROM public.customers)|t||||t
            app|count|SELECT ssn FROM customers|f||||f
            public|moves|SELECT set_config('search_path', 'x', false)|f||||f
            public|makes|CREATE TABLE t (id int)|f||||f
            public|two|INSERT INTO orders (note) SELECT ssn FROM customers; SELECT name FROM customers|f||||f
            public|named_row|SELECT who.name FROM orders WHERE orders.id = who.id|f|||who|f
            public|tenant|SELECT status FROM orders LIMIT 1|f||||f
            public|log_it|INSERT INTO app.secrets (value) VALUES ($1)|f||||f
            public|stops|SELECT 1/id FROM customers|f||||f
            """;

    static final Catalogue CATALOGUE = Catalogue.of(List.of(
            rows(RELATIONS),
            columns(),
            rows("20006 20005"),
            rows("20003 20001\n20004 20003"),
            List.of(List.of("20032", WATCH)),
            List.of(List.of("20002", "4", "{CONST :consttype 25}"), List.of("20031", "3", LOUD)),
            rows("public f f f\npublic risky f f\napp lower f f\npublic total_of t f\npublic upper f f\n"
                    + "public translate f t\npublic digest f t\n" + ROUTINE_NAMES),
            routines(),
            rows("20007"),
            rows("20008"),
            rows("20009 f public check_it\n20014 t public may_see\n20015 f public tidy\n20016 t public tenant\n"
                    + "20017 f public any_ssn"),
            rows("public <<<\npublic ~~~ public tidy\napp || public tidy\npublic !!! public any_ssn"),
            rows("text trimmed f public tidy\ntext blank f public missing"),
            rows(""),
            rows("us_phone public is_phone\nzip public tidy"),
            rows("20012 20007 t f"),
            rows(""),
            rows("23 pg_catalog int4 b N 0 0\n25 pg_catalog text b S 0 0")));

    private static final Bodies BODIES = new BodyReader(PARSER, Duration.ofMinutes(1)).read(CATALOGUE);

    private Shop() {}

    private static List<List<String>> routines() {
        return ROUTINES.lines()
                .map(line -> Arrays.stream(line.strip().split("\\|"))
                        .map(value -> value.isEmpty() ? null : value)
                        .toList())
                .toList();
    }

    private static List<List<String>> columns() {
        List<List<String>> rows = new ArrayList<>();
        for (List<String> row : rows(COLUMNS)) {
            for (int i = 1; i < row.size(); i++) {
                boolean generated = row.get(i).equals("note") || row.get(i).equals("loud");
                rows.add(Arrays.asList(row.getFirst(), Integer.toString(i), row.get(i), "25", generated ? "s" : ""));
            }
        }
        return rows;
    }

    private static List<List<String>> rows(String text) {
        return text.lines()
                .map(line -> List.of(line.strip().split(" ")))
                .filter(r -> r.size() > 0 && !r.getFirst().isEmpty())
                .toList();
    }

    static SessionState session() {
        SessionState session = new SessionState();
        session.searchPath(List.of("pg_catalog", "public"), false);
        return session;
    }

    static Analysis analyse(String sql) {
        return PostgresAnalyzer.read(sql, PARSER.parse(sql));
    }

    static Facts facts(String sql) {
        return facts(sql, session());
    }

    static Facts facts(String sql, SessionState session) {
        return facts(analyse(sql), session);
    }

    static Facts facts(Analysis analysis, SessionState session) {
        return Facts.of(new Opened(analysis, session.searchPath()), session, CATALOGUE, BODIES);
    }

    /** The facts, after which the message is on its way. */
    static Facts run(String sql, SessionState session) {
        Facts facts = facts(sql, session);
        session.forwarded(facts);
        return facts;
    }

    static int queries() {
        return CatalogueQueries.statements().size();
    }
}
