package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Effect;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.CatalogueQueries;
import dev.sallyport.sql.postgres.catalogue.OwnType;
import dev.sallyport.testkit.postgres.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Casts that run unasked. One of them made every statement of a database unknown that touched a table, whatever the table
 * held.
 */
class OwnTypesIT {
    private static final String SCHEMA = """
            CREATE TYPE mood AS ENUM ('ok', 'bad');
            CREATE TYPE stored AS ENUM ('ok');
            CREATE TYPE compared AS ENUM ('ok');
            CREATE TYPE wrapped AS ENUM ('ok');
            CREATE TYPE held AS ENUM ('ok');
            CREATE TYPE ranged AS ENUM ('ok');
            CREATE FUNCTION to_mood(int) RETURNS mood LANGUAGE plpgsql AS 'begin return null; end';
            CREATE FUNCTION to_stored(int) RETURNS stored LANGUAGE plpgsql AS 'begin return null; end';
            CREATE FUNCTION to_compared(int) RETURNS compared LANGUAGE plpgsql AS 'begin return null; end';
            CREATE FUNCTION to_wrapped(int) RETURNS wrapped LANGUAGE plpgsql AS 'begin return null; end';
            CREATE FUNCTION to_held(int) RETURNS held LANGUAGE plpgsql AS 'begin return null; end';
            CREATE FUNCTION to_ranged(int) RETURNS ranged LANGUAGE plpgsql AS 'begin return null; end';
            CREATE CAST (int AS mood) WITH FUNCTION to_mood(int) AS IMPLICIT;
            CREATE CAST (int AS stored) WITH FUNCTION to_stored(int) AS IMPLICIT;
            CREATE TYPE others AS RANGE (subtype = text);
            CREATE TABLE plain (id int PRIMARY KEY, name text, r others);
            CREATE TABLE moods (id int, past stored[]);
            CREATE FUNCTION same(mood, mood) RETURNS bool LANGUAGE sql AS 'select true';
            CREATE OPERATOR @=@ (FUNCTION = same, LEFTARG = mood, RIGHTARG = mood);
            CREATE VIEW seen AS SELECT past FROM moods;
            """;

    private static final String UNTOLD = """
            CREATE CAST (int AS compared) WITH FUNCTION to_compared(int) AS IMPLICIT;
            CREATE CAST (int AS wrapped) WITH FUNCTION to_wrapped(int) AS IMPLICIT;
            CREATE CAST (int AS held) WITH FUNCTION to_held(int) AS IMPLICIT;
            CREATE CAST (int AS ranged) WITH FUNCTION to_ranged(int) AS IMPLICIT;
            CREATE TABLE referenced (c compared PRIMARY KEY);
            CREATE TABLE referring (c compared REFERENCES referenced);
            CREATE DOMAIN wrapping AS wrapped;
            CREATE TABLE holding (h held);
            CREATE TABLE holding_rows (h holding[]);
            CREATE TYPE ranging AS RANGE (subtype = ranged);
            """;

    private static final String TO_MOOD = "int4 to mood runs a function";
    private static final PostgresServer SERVER = PostgresServer.shared();
    private static Catalogue catalogue;

    @BeforeAll
    static void make() {
        SERVER.run("CREATE DATABASE own_types");
        SERVER.run("own_types", SCHEMA);
        catalogue = read("own_types");
        SERVER.run("CREATE DATABASE untold_types");
        SERVER.run("untold_types", SCHEMA + UNTOLD);
    }

    private static Catalogue read(String database) {
        return Catalogue.of(CatalogueQueries.statements().stream()
                .map(sql -> SERVER.query(database, sql))
                .toList());
    }

    private static List<String> casts(String sql, SessionState session) {
        Facts facts = Facts.of(Shop.analyse(sql), session, catalogue);
        session.forwarded(facts);
        return facts.effects().stream()
                .filter(effect -> effect.object().name().equals("cast"))
                .map(Effect::detail)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id, name FROM plain WHERE id = 1",
                "INSERT INTO plain VALUES (1, 'a')",
                "CREATE TEMP TABLE t AS SELECT * FROM plain; SELECT * FROM t",
            })
    void a_cast_to_a_type_that_is_not_at_hand_does_not_count(String sql) {
        assertThat(casts(sql, Shop.session())).doesNotContain(TO_MOOD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT past FROM moods",
                "SELECT * FROM seen",
                "UPDATE moods SET id = 1 WHERE id = 2",
                "SELECT id::mood FROM plain",
                "SELECT coalesce(id, mood 'ok') FROM plain",
                "SELECT '{ok}'::mood[] || id FROM plain",
                "SELECT id = $1 FROM plain",
                "SELECT id @=@ id FROM plain",
                "SELECT * FROM nowhere",
                "SELECT unheard_of(id) FROM plain",
                "CREATE TEMP TABLE t (m mood); INSERT INTO t VALUES (1)",
                "CREATE TEMP TABLE t (m int); ALTER TABLE t ALTER m TYPE mood; INSERT INTO t VALUES (1)",
                "CREATE TEMP TABLE t AS SELECT unheard_of() AS m; INSERT INTO t VALUES (1)",
            })
    void a_cast_counts_where_its_types_may_be(String sql) {
        assertThat(casts(sql, Shop.session())).isNotEmpty();
    }

    @Test
    void only_types_whose_values_cannot_come_under_another_name_are_followed() {
        assertThat(catalogue.ownType("mood")).map(OwnType::stored).hasValue(false);
        assertThat(catalogue.ownType("stored")).map(OwnType::stored).hasValue(true);
        Catalogue untold = read("untold_types");
        assertThat(untold.ownType("mood")).isPresent();
        for (String type : List.of("compared", "wrapped", "held", "ranged", "int4")) {
            assertThat(untold.ownType(type)).as(type).isEmpty();
        }
    }

    /** PostgreSQL makes a cast with every type of ranges, and a function of its own behind it. */
    @Test
    void the_cast_from_a_range_to_its_multirange_is_postgresqls_own() {
        assertThat(catalogue.casts()).hasSize(2);
    }
}
