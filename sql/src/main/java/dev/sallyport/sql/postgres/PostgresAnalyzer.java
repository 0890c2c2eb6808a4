package dev.sallyport.sql.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.parser.ParseResult;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import dev.sallyport.sql.postgres.parser.RawStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Understands the text of PostgreSQL messages. What was understood once is remembered by its text, within a bound on the
 * memory that takes; one analyzer serves all sessions.
 */
public final class PostgresAnalyzer implements AutoCloseable {
    /** How many chars of text the cache may hold; the trees that come of them take some ten times as much. */
    private static final long MAX_CACHED_CHARS = 8L << 20;

    /** An entry's own cost, so that a flood of tiny texts is bounded too. */
    private static final int ENTRY_OVERHEAD = 200;

    private final PostgresParser parser;
    private final Cache<String, Analysis> analyses = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARS)
            .weigher((String text, Analysis analysis) -> text.length() + ENTRY_OVERHEAD)
            .build();

    /** Takes over the parser and closes it. */
    public PostgresAnalyzer(PostgresParser parser) {
        this.parser = parser;
    }

    /** What is remembered of the text; never waits. */
    public Optional<Analysis> cached(String sql) {
        return Optional.ofNullable(analyses.getIfPresent(sql));
    }

    /** What the text says; completes on one of the parser's threads. It never completes with an exception. */
    public CompletableFuture<Analysis> analyze(String sql) {
        Analysis known = analyses.getIfPresent(sql);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return parser.parseAsync(sql)
                .thenApply(result -> understand(sql, result))
                .exceptionally(failure -> Analysis.failed("the parser failed"));
    }

    /** As {@link Facts#of}. */
    public Facts facts(Analysis analysis, SessionState session, Catalogue catalogue) {
        return Facts.of(analysis, session, catalogue);
    }

    private Analysis understand(String sql, ParseResult result) {
        Analysis analysis = read(result);
        if (isLasting(result)) {
            analyses.put(sql, analysis);
        }
        return analysis;
    }

    /** Whether the same text would always give the same result. */
    private static boolean isLasting(ParseResult result) {
        return switch (result) {
            case ParseResult.Parsed _ -> true;
            case ParseResult.Failed(ParseResult.Failure kind, String _, int _) ->
                switch (kind) {
                    case SYNTAX -> true;
                    case TOO_LARGE, TOO_DEEP, TIMEOUT, ENGINE -> false;
                };
        };
    }

    static Analysis read(ParseResult result) {
        return switch (result) {
            case ParseResult.Parsed(List<RawStatement> statements) -> read(statements);
            case ParseResult.Failed(ParseResult.Failure _, String message, int _) -> Analysis.failed(message);
        };
    }

    private static Analysis read(List<RawStatement> raw) {
        List<Statement> statements = new ArrayList<>(raw.size());
        try {
            for (RawStatement statement : raw) {
                statements.add(StatementReader.read(statement.node()));
            }
        } catch (RuntimeException | StackOverflowError e) {
            return Analysis.failed("the statement could not be analysed");
        }
        return new Analysis(statements, Optional.empty());
    }

    @Override
    public void close() {
        parser.close();
    }
}
