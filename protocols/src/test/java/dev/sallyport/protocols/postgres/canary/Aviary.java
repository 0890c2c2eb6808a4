package dev.sallyport.protocols.postgres.canary;

import dev.sallyport.core.masking.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Tables whose masked columns hold canaries, and what stands around them. */
public final class Aviary {
    /** The masked columns, as {@code table.column}. */
    public static final Map<String, Mask> MASKS = Map.ofEntries(
            Map.entry("bird.ring", new Mask.KeepLast(3)),
            Map.entry("bird.song", new Mask.Redact()),
            Map.entry("bird.greek", new Mask.KeepFirst(3)),
            Map.entry("bird.chip", new Mask.Null()),
            Map.entry("bird.code", new Mask.Hash()),
            Map.entry("bird.born", new Mask.Redact()),
            Map.entry("bird.seen", new Mask.Redact()),
            Map.entry("bird.worth", new Mask.Redact()),
            Map.entry("bird.ratio", new Mask.KeepLast(2)),
            Map.entry("bird.doc", new Mask.Redact()),
            Map.entry("bird.js", new Mask.Hash()),
            Map.entry("bird.names", new Mask.KeepLast(4)),
            Map.entry("bird.nums", new Mask.Redact()),
            Map.entry("bird.raw", new Mask.Hash()),
            Map.entry("bird.home", new Mask.Redact()),
            Map.entry("bird.span", new Mask.Redact()),
            Map.entry("bird.addr", new Mask.Redact()),
            Map.entry("bird.label", new Mask.Hash()),
            Map.entry("bird.fixed", new Mask.KeepFirst(3)),
            Map.entry("bird.nick", new Mask.Redact()),
            Map.entry("bird.dom", new Mask.KeepFirst(4)),
            Map.entry("keeper.phone", new Mask.KeepLast(4)),
            Map.entry("keeper.pin", new Mask.Redact()),
            Map.entry("flight.track", new Mask.Redact()),
            Map.entry("sighting.ring", new Mask.KeepLast(3)));

    static final Rows BIRD = new Rows(
            "bird",
            List.of(
                    plain("id", Kind.INT),
                    plain("name", Kind.TEXT),
                    plain("kind", Kind.TEXT),
                    plain("weight", Kind.INT),
                    plain("hatched", Kind.DATE),
                    plain("price", Kind.NUMERIC),
                    plain("tags", Kind.TEXTS),
                    plain("info", Kind.JSONB),
                    masked("ring", Kind.TEXT),
                    masked("song", Kind.TEXT),
                    masked("greek", Kind.TEXT),
                    masked("chip", Kind.BIGINT),
                    masked("code", Kind.UUID),
                    masked("born", Kind.DATE),
                    masked("seen", Kind.TIMESTAMP),
                    masked("worth", Kind.NUMERIC),
                    masked("ratio", Kind.FLOAT),
                    masked("doc", Kind.JSONB),
                    masked("js", Kind.JSON),
                    masked("names", Kind.TEXTS),
                    masked("nums", Kind.BIGINTS),
                    masked("raw", Kind.BYTEA),
                    masked("home", Kind.NEST),
                    masked("span", Kind.RANGE),
                    masked("addr", Kind.INET),
                    masked("label", Kind.TEXT),
                    masked("fixed", Kind.TEXT),
                    masked("nick", Kind.TEXT),
                    masked("dom", Kind.TEXT),
                    plain("keeper_id", Kind.INT)));

    static final Rows KEEPER = new Rows(
            "keeper",
            List.of(
                    plain("id", Kind.INT),
                    plain("name", Kind.TEXT),
                    plain("city", Kind.TEXT),
                    plain("boss_id", Kind.INT),
                    masked("phone", Kind.TEXT),
                    masked("pin", Kind.BIGINT)));

    static final Rows CAGE = new Rows(
            "cage",
            List.of(
                    plain("id", Kind.INT),
                    plain("name", Kind.TEXT),
                    plain("size", Kind.INT),
                    plain("note", Kind.TEXT),
                    plain("bird_id", Kind.INT)));

    static final Rows FLIGHT = new Rows(
            "flight",
            List.of(
                    plain("id", Kind.INT),
                    plain("bird_id", Kind.INT),
                    plain("day", Kind.DATE),
                    plain("km", Kind.INT),
                    masked("track", Kind.TEXT)));

    /** What can be read of masked columns, by relation. */
    static final List<Rows> MASKED = List.of(
            BIRD,
            BIRD,
            BIRD,
            KEEPER,
            FLIGHT,
            new Rows("flight_old", FLIGHT.columns()),
            new Rows(
                    "rare",
                    Stream.concat(BIRD.columns().stream(), Stream.of(plain("perk", Kind.TEXT)))
                            .toList()),
            new Rows("sighting", List.of(plain("id", Kind.INT), masked("ring", Kind.TEXT), plain("place", Kind.TEXT))),
            new Rows(
                    "bird_view",
                    List.of(
                            plain("id", Kind.INT),
                            plain("name", Kind.TEXT),
                            masked("tag", Kind.TEXT),
                            plain("kind", Kind.TEXT))),
            new Rows(
                    "bird_loud",
                    List.of(
                            plain("id", Kind.INT),
                            plain("name", Kind.TEXT),
                            masked("loud", Kind.TEXT),
                            masked("shout", Kind.TEXT),
                            plain("note", Kind.TEXT))),
            new Rows(
                    "bird_join",
                    List.of(
                            plain("id", Kind.INT),
                            plain("city", Kind.TEXT),
                            plain("n", Kind.BIGINT),
                            masked("rings", Kind.TEXTS))),
            new Rows("bird_row", List.of(plain("id", Kind.INT), masked("doc", Kind.JSON), masked("whole", Kind.TEXT))),
            new Rows(
                    "bird_stored",
                    List.of(
                            plain("id", Kind.INT),
                            plain("name", Kind.TEXT),
                            masked("ring", Kind.TEXT),
                            masked("big", Kind.BIGINT))),
            new Rows("bird_union", List.of(plain("id", Kind.INT), masked("word", Kind.TEXT), plain("kind", Kind.TEXT))),
            new Rows("bird_number", List.of(plain("id", Kind.INT), masked("num", Kind.BIGINT))));

    static final List<Rows> ALL =
            Stream.concat(MASKED.stream(), Stream.of(CAGE, CAGE, CAGE)).toList();

    private static final String DROP = """
            DROP TABLE IF EXISTS cage, sighting, rare, flight, bird, keeper, watched_bird CASCADE;
            DROP FUNCTION IF EXISTS ring_of, birds_of, raise_ring, watch_bird;
            DROP DOMAIN IF EXISTS ring_text;
            DROP TYPE IF EXISTS nest;
            """;

    private static final String TABLES = """
            CREATE TYPE nest AS (street text, zip text);
            CREATE DOMAIN ring_text AS text CHECK (length(value) > 2);
            CREATE TABLE keeper (id int PRIMARY KEY, name text NOT NULL, city text, boss_id int REFERENCES keeper,
                phone text, pin int8);
            CREATE TABLE bird (
                id int PRIMARY KEY, name text NOT NULL, kind text, weight int CHECK (weight > 0), hatched date,
                price numeric, tags text[], info jsonb,
                ring text UNIQUE, song text, greek text, chip int8, code uuid, born date, seen timestamp, worth numeric,
                ratio float8, doc jsonb, js json, names text[], nums int8[], raw bytea, home nest, span int8range,
                addr inet, label varchar(40), fixed char(30), nick name, dom ring_text,
                keeper_id int REFERENCES keeper);
            CREATE TABLE rare (perk text) INHERITS (bird);
            CREATE TABLE sighting (id int PRIMARY KEY, ring text REFERENCES bird (ring), place text);
            CREATE TABLE cage (id int PRIMARY KEY, name text, size int, note text, bird_id int);
            CREATE TABLE flight (id int, bird_id int, day date, km int, track text) PARTITION BY RANGE (day);
            CREATE TABLE flight_old PARTITION OF flight FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
            CREATE TABLE flight_new PARTITION OF flight FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
            CREATE TABLE watched_bird (id int, note text);
            CREATE FUNCTION ring_of(i int) RETURNS text LANGUAGE sql AS 'SELECT ring FROM bird WHERE id = i';
            CREATE FUNCTION birds_of(i int) RETURNS SETOF bird LANGUAGE sql AS 'SELECT * FROM bird WHERE keeper_id >= i';
            CREATE FUNCTION raise_ring(i int) RETURNS int LANGUAGE plpgsql AS
                $$DECLARE s text; BEGIN SELECT ring || song INTO s FROM bird WHERE id = i;
                RAISE NOTICE '%', s; RAISE EXCEPTION USING MESSAGE = s, DETAIL = s, HINT = s; END$$;
            CREATE FUNCTION watch_bird() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN RAISE WARNING 'ring %', (SELECT max(ring) FROM bird); RETURN new; END$$;
            CREATE TRIGGER watching BEFORE INSERT ON watched_bird FOR EACH ROW EXECUTE FUNCTION watch_bird();
            """;

    private static final String VIEWS = """
            CREATE VIEW bird_view AS SELECT id, name, ring AS tag, kind FROM bird;
            CREATE VIEW bird_loud AS SELECT v.id, v.name, upper(b.song) AS loud, v.tag || '!' AS shout, c.note
                FROM bird_view v JOIN bird b USING (id) LEFT JOIN cage c ON c.bird_id = b.id;
            CREATE VIEW bird_join AS SELECT k.id, k.city, count(*) AS n, array_agg(b.ring) AS rings
                FROM keeper k JOIN bird b ON b.keeper_id = k.id GROUP BY k.id;
            CREATE VIEW bird_row WITH (security_barrier) AS SELECT b.id, row_to_json(b) AS doc, b::text AS whole FROM bird b;
            CREATE MATERIALIZED VIEW bird_stored AS SELECT id, name, ring, chip + 1 AS big FROM bird;
            CREATE VIEW bird_union AS
                WITH w AS (SELECT id, song, kind FROM bird)
                SELECT id, song AS word, kind FROM w UNION ALL SELECT id, phone, city FROM keeper;
            CREATE VIEW bird_number AS SELECT id, CASE WHEN id > 5 THEN ring::int8 ELSE chip END AS num FROM bird;
            ANALYZE;
            GRANT ALL ON ALL TABLES IN SCHEMA public TO shop_app;
            GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO shop_app;
            """;

    private Aviary() {}

    private static Column plain(String name, Kind kind) {
        return new Column(name, kind, false);
    }

    private static Column masked(String name, Kind kind) {
        return new Column(name, kind, true);
    }

    /** The statements that build it, with values by this seed, all of which the spotter is told. */
    public static String build(long seed, Spotter spotter) {
        Canaries canaries = new Canaries(seed, spotter);
        List<String> inserts = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            inserts.add("INSERT INTO keeper VALUES (%d, 'k%d', 'town %d', %s, %s, %s)"
                    .formatted(i, i, i % 2, i == 1 ? "NULL" : "1", canaries.word(), canaries.number()));
        }
        for (int i = 1; i <= 6; i++) {
            String bird = bird(i, canaries);
            inserts.add(
                    i < 6
                            ? "INSERT INTO bird VALUES (" + bird + ")"
                            : "INSERT INTO rare VALUES (" + bird + ", 'shiny')");
            inserts.add("INSERT INTO cage VALUES (%d, 'cage %d', %d, 'note %d', %d)".formatted(i, i, i * 10, i, i));
            inserts.add("INSERT INTO flight VALUES (%d, %d, '%d-05-05', %d, %s)"
                    .formatted(i, i, 2017 + i, i * 100, canaries.word()));
        }
        inserts.add("INSERT INTO sighting SELECT id, ring, 'pond' FROM ONLY bird WHERE id < 4");
        return DROP + TABLES + String.join(";\n", inserts) + ";\n" + VIEWS;
    }

    private static String bird(int i, Canaries c) {
        String word = c.word();
        String other = c.word();
        return String.join(
                ", ",
                List.of(
                        String.valueOf(i),
                        "'bird " + i + "'",
                        "'kind " + i % 3 + "'",
                        String.valueOf(i * 11),
                        "'2021-03-0" + i + "'",
                        i + ".25",
                        "ARRAY['red', 'n" + i + "']",
                        "'{\"a\": [" + i + "], \"k\": \"wing " + i + "\"}'",
                        c.word(),
                        c.word(),
                        c.greek(),
                        c.number(),
                        c.uuid(),
                        "'" + c.date() + "'",
                        "'" + c.date() + " 00:00:00'",
                        c.number() + ".5",
                        c.number(),
                        "jsonb_build_object('k', " + c.word() + ", 'a', ARRAY[" + c.word() + "], 'n', " + c.number()
                                + ")",
                        "json_build_object('k', " + c.word() + ", 'a', ARRAY[" + c.word() + "])",
                        "ARRAY[" + word + ", " + other + "]",
                        "ARRAY[" + c.number() + ", " + c.number() + "]",
                        c.bytea(),
                        "ROW(" + c.word() + ", " + c.word() + ")::nest",
                        "int8range(" + 100_000_000_000_000L + ", " + c.number() + ")",
                        c.inet(),
                        c.word(),
                        c.word(),
                        c.word(),
                        c.word(),
                        String.valueOf(1 + i % 3)));
    }

    /** The statements that take it away. */
    public static String remove() {
        return DROP;
    }
}
