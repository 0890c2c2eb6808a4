package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any text has facts, the same each time and however it is spaced and capitalised, and the same from the cache of another
 * text's analysis as from its own.
 */
class AnalysisFuzzTest {
    /** The slowest of the texts that fit into an input, interpreted, on a busy machine. */
    private static final long MOST_MILLIS = 20_000;

    private static final PostgresParser PARSER = new PostgresParser();

    @FuzzTest(maxDuration = "10m")
    void texts(byte[] input) {
        check(new String(input, StandardCharsets.UTF_8));
    }

    /** The tables of statements of the other tests. */
    static Stream<String> statements() throws IOException {
        List<String> statements = new ArrayList<>();
        for (String table : List.of("effects.txt", "columns.txt", "answers.txt", "calls.txt", "predicates.txt")) {
            try (InputStream in = AnalysisFuzzTest.class.getResourceAsStream(table)) {
                new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith(" "))
                        .forEach(statements::add);
            }
        }
        return statements.stream();
    }

    @ParameterizedTest
    @MethodSource("statements")
    void tells_the_same_of_a_statement_in_every_spelling(String sql) {
        check(sql);
    }

    private static void check(String sql) {
        long start = System.nanoTime();
        Facts facts = Shop.facts(sql);
        assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(MOST_MILLIS);

        assertThat(facts.effects()).isNotEmpty();
        assertThat(told(Shop.facts(sql))).isEqualTo(told(facts));
        if (facts.analysis().understood()) {
            assertThat(told(Shop.facts("/* a /* nested */ comment */ -- x\n" + sql + "\n-- end")))
                    .isEqualTo(told(facts));
            if (isPlain(sql)) {
                assertThat(told(Shop.facts(sql.toUpperCase(Locale.ROOT)))).isEqualTo(told(facts));
                assertThat(told(Shop.facts(sql.toLowerCase(Locale.ROOT)))).isEqualTo(told(facts));
            }
        }
        fromTheCache(sql, facts);
    }

    private static void fromTheCache(String sql, Facts facts) {
        Template template = Template.of(sql);
        String sibling = template == null ? sql : sibling(sql, template);
        Template other = Template.of(sibling);
        if (template == null
                || other == null
                || sibling.equals(sql)
                || !other.key().equals(template.key())) {
            return;
        }
        // It is not closed, since the parser is everybody's.
        PostgresAnalyzer analyzer = new PostgresAnalyzer(PARSER);
        analyzer.analyze(sibling).join();
        analyzer.cached(sql)
                .ifPresent(cached -> assertThat(told(Shop.facts(cached, Shop.session())))
                        .as("by the analysis of " + sibling)
                        .isEqualTo(told(facts)));
    }

    /** The text with other literals: another first digit, other letters. */
    private static String sibling(String sql, Template template) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        for (int place : template.places()) {
            if (bytes[place] != '\'') {
                bytes[place] = (byte) (bytes[place] == '1' ? '2' : '1');
                continue;
            }
            for (int at = place + 1; bytes[at] != '\''; at++) {
                bytes[at] = bytes[at] >= 'a' && bytes[at] < 'z' ? (byte) (bytes[at] + 1) : bytes[at];
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether letters in it are those of keywords and of names that are folded. */
    private static boolean isPlain(String sql) {
        return sql.chars().allMatch(c -> c < 0x80 && c != '\'' && c != '"' && c != '$');
    }

    /** All that is told of a message, but for the analysis that it comes from. */
    private static List<Object> told(Facts facts) {
        return List.of(
                Set.copyOf(facts.effects()),
                facts.tables(),
                facts.columns(),
                facts.answer(),
                facts.streamColumns(),
                facts.streamTable(),
                facts.answers(),
                facts.mayMoveSearchPath(),
                facts.changesSchema(),
                facts.definesTemporary(),
                facts.runs().size());
    }
}
