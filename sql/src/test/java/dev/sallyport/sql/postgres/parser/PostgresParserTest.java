package dev.sallyport.sql.postgres.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import dev.sallyport.sql.postgres.parser.ParseResult.Parsed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresParserTest {

    private static final PostgresParser PARSER =
            new PostgresParser(ParserLimits.standard().withEngines(1));

    @AfterAll
    static void close() {
        PARSER.close();
    }

    @Test
    void gives_the_tree_of_a_statement() {
        RawStatement statement = only("SELECT id FROM public.customers");

        assertThat(statement.type()).isEqualTo("SelectStmt");
        assertThat(statement.body().at("/fromClause/0/RangeVar/schemaname").asString())
                .isEqualTo("public");
        assertThat(statement.body().at("/fromClause/0/RangeVar/relname").asString())
                .isEqualTo("customers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", ";;", "-- nothing", "/* a /* b */ c */ ;"})
    void finds_no_statement_where_there_is_none(String sql) {
        assertThat(PARSER.parse(sql)).isEqualTo(new Parsed(List.of()));
    }

    @Test
    void counts_positions_in_chars() {
        String sql = "SELECT 'é€😀' ; \n DROP TABLE \"tä\"; SELECT 2";

        assertThat(texts(sql)).containsExactly("SELECT 'é€😀' ", "DROP TABLE \"tä\"", "SELECT 2");
    }

    @Test
    void points_at_the_char_of_a_fault() {
        assertThat(PARSER.parse("SELECT '😀é', 1 1"))
                .isEqualTo(new Failed(Failure.SYNTAX, "syntax error at or near \"1\"", 16));
    }

    @Test
    void serves_clients_while_it_warms_up() {
        CompletableFuture<Void> warm = PARSER.warmUp(Duration.ofMillis(100));

        assertThat(PARSER.parse("SELECT 1")).isInstanceOf(Parsed.class);
        assertThat(warm).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void knows_every_statement_it_warms_up_with() {
        assertThat(WarmUp.STATEMENTS)
                .filteredOn(sql -> PARSER.parse(sql) instanceof Failed)
                .containsExactly("SELECT ) 1");
    }

    private static List<String> texts(String sql) {
        return ((Parsed) PARSER.parse(sql))
                .statements().stream()
                        .map(s -> sql.substring(s.start(), s.start() + s.length()))
                        .toList();
    }

    private static RawStatement only(String sql) {
        List<RawStatement> statements = ((Parsed) PARSER.parse(sql)).statements();
        assertThat(statements).hasSize(1);
        return statements.getFirst();
    }
}
