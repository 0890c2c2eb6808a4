package dev.sallyport.sql.postgres.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import dev.sallyport.sql.postgres.parser.ParseResult.Parsed;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Broken texts are answered by the grammar, never by a fault of the engine. */
class MutationIT {

    @Test
    void finds_nothing_but_syntax_errors_in_broken_statements() {
        RandomSql sql = new RandomSql(new Random(42));
        try (var parser = new PostgresParser()) {
            for (int i = 0; i < 1_000; i++) {
                String text = sql.mutated();
                switch (parser.parse(text)) {
                    case Parsed parsed -> {}
                    case Failed failed -> assertThat(failed.kind()).as(text).isEqualTo(Failure.SYNTAX);
                }
            }
        }
    }

    @Test
    void understands_every_whole_statement() {
        RandomSql sql = new RandomSql(new Random(7));
        try (var parser = new PostgresParser()) {
            for (int i = 0; i < 300; i++) {
                String text = sql.statement();
                assertThat(parser.parse(text)).as(text).isInstanceOf(Parsed.class);
            }
        }
    }
}
