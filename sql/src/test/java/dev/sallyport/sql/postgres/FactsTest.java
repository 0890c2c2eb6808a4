package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Effect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The table in {@code effects.txt}: statements, and below each, indented, every effect that it must have. */
class FactsTest {

    private record Case(String sql, List<String> effects) {}

    @TestFactory
    Stream<DynamicTest> tells_every_effect_of_a_statement() throws IOException {
        return cases().stream()
                .map(row -> DynamicTest.dynamicTest(row.sql(), () -> {
                    Facts facts = Shop.facts(row.sql());
                    assertThat(facts.effects())
                            .extracting(Effect::toString)
                            .containsExactlyInAnyOrderElementsOf(row.effects());
                }));
    }

    private static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream table = FactsTest.class.getResourceAsStream("effects.txt")) {
            String text = new String(table.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                if (line.startsWith(" ")) {
                    cases.getLast().effects().add(line.strip());
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    cases.add(new Case(line, new ArrayList<>()));
                }
            }
        }
        return cases;
    }
}
