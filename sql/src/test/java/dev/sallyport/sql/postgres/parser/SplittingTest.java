package dev.sallyport.sql.postgres.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import dev.sallyport.sql.postgres.parser.ParseResult.Parsed;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where one statement ends and the next begins, in texts made to hide that. */
class SplittingTest {

    private static final PostgresParser PARSER =
            new PostgresParser(ParserLimits.standard().withEngines(1));

    @AfterAll
    static void close() {
        PARSER.close();
    }

    static List<Arguments> texts() {
        return List.of(
                one("SELECT E'\\''; DROP TABLE x; --'", "SelectStmt", "DropStmt"),
                one("SELECT E'\\'; DROP TABLE x; --'", "SelectStmt"),
                one("SELECT '\\'; DROP TABLE x; --'", "SelectStmt", "DropStmt"),
                one("SELECT '\\''; DROP TABLE x; --'", "SelectStmt"),
                one("SELECT 'a''; DROP TABLE x; --'", "SelectStmt"),
                one("SELECT 'a'\n'; DROP TABLE x; --'", "SelectStmt"),
                one("SELECT $$; DROP TABLE x; $$", "SelectStmt"),
                one("SELECT $a$; $b$ $$ DROP TABLE x; $a$", "SelectStmt"),
                one("SELECT $a$ $a$; DROP TABLE x; SELECT $a$ $a$", "SelectStmt", "DropStmt", "SelectStmt"),
                one("SELECT /* ; /* ; */ DROP TABLE x; */ 1", "SelectStmt"),
                one("SELECT 1 /* /* */ */; DROP TABLE x", "SelectStmt", "DropStmt"),
                one("SELECT 1 --; DROP TABLE x", "SelectStmt"),
                one("SELECT 1 -- a\r; DROP TABLE x", "SelectStmt", "DropStmt"),
                one("SELECT 1 -- a\n; DROP TABLE x", "SelectStmt", "DropStmt"),
                one("DR/**/OP TABLE x", new String[0]),
                one("SELECT \"; DROP TABLE x; --\"", "SelectStmt"),
                one("SELECT U&'\\0027; DROP TABLE x; --'", "SelectStmt"),
                one("SELECT U&'!0027' UESCAPE '!'; DROP TABLE x", "SelectStmt", "DropStmt"),
                one("SELECT B'101'; SELECT X'1F'; SELECT N'n'", "SelectStmt", "SelectStmt", "SelectStmt"),
                one("SELECT 1 DROP TABLE x", new String[0]),
                one("BEGIN; SELECT 1;; COMMIT;", "TransactionStmt", "SelectStmt", "TransactionStmt"),
                one("DO $$ BEGIN DELETE FROM t; END $$; SELECT 1", "DoStmt", "SelectStmt"),
                one("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END", "CreateFunctionStmt"),
                one("CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)", "RuleStmt"));
    }

    private static Arguments one(String sql, String... types) {
        return Arguments.of(sql, List.of(types));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void splits_as_the_server_does(String sql, List<String> types) {
        List<String> found = switch (PARSER.parse(sql)) {
            case Parsed(List<RawStatement> statements) ->
                statements.stream().map(RawStatement::type).toList();
            case Failed(Failure kind, String message, int cursor) -> {
                assertThat(kind).as(message).isEqualTo(Failure.SYNTAX);
                yield List.of();
            }
        };

        assertThat(found).isEqualTo(types);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT '",
                "SELECT \"",
                "SELECT $$",
                "SELECT $a$ $b$",
                "/* /* */",
                "SELECT E'\\'",
                "SELECT `a`",
                "SELECT ?",
                "SELECT E'\\xff'",
                "SELECT U&'\\d800'",
                "SELECT 123abc",
                "(",
                "SELECT 1; DROP"
            })
    void refuses_what_the_server_refuses(String sql) {
        assertThat(PARSER.parse(sql))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.kind()).isEqualTo(Failure.SYNTAX));
    }
}
