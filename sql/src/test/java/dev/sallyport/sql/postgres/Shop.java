package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.CatalogueQueries;
import dev.sallyport.sql.postgres.parser.PostgresParser;
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
            1259 pg_catalog pg_class r
            1247 pg_catalog pg_type r
            12100 pg_catalog pg_settings v
            12101 pg_catalog pg_stat_activity v
            """;

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
            1259 oid relname relkind
            1247 oid typname
            12100 name setting
            12101 pid query
            """;

    static final Catalogue CATALOGUE = Catalogue.of(List.of(
            rows(RELATIONS),
            columns(),
            rows("20006 20005"),
            rows("20003 20001\n20004 20003"),
            rows(""),
            rows("public f f f\npublic risky f f\napp lower f f\npublic total_of t f\npublic upper f f\n"
                    + "public translate f t\npublic digest f t"),
            rows("20007"),
            rows("20008"),
            rows("20009 f public check_it\n20014 t public may_see"),
            rows("public <<<"),
            rows(""),
            rows(""),
            rows("us_phone public is_phone"),
            rows("20012 20007 t f"),
            rows(""),
            rows("23 pg_catalog int4 b N 0 0\n25 pg_catalog text b S 0 0")));

    private Shop() {}

    private static List<List<String>> columns() {
        List<List<String>> rows = new ArrayList<>();
        for (List<String> row : rows(COLUMNS)) {
            for (int i = 1; i < row.size(); i++) {
                boolean generated = row.get(i).equals("note");
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
        return Facts.of(analyse(sql), session, CATALOGUE);
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
