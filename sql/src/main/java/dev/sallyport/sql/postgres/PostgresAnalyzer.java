package dev.sallyport.sql.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.parser.ParseResult;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import dev.sallyport.sql.postgres.parser.RawStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Understands the text of PostgreSQL messages. What was understood once is remembered by its text, or by its template
 * where the literals in it do not matter ({@link Template}), within a bound on the memory that takes; one analyzer serves
 * all sessions.
 */
public final class PostgresAnalyzer implements AutoCloseable {
    /** How many chars of text the cache may hold; the trees that come of them take some ten times as much. */
    private static final long MAX_CACHED_CHARS = 8L << 20;

    /** Each of them is judged and recorded by itself. */
    private static final int MAX_STATEMENTS = 10_000;

    /** An entry's own cost, so that a flood of tiny texts is bounded too. */
    private static final int ENTRY_OVERHEAD = 200;

    /** Functions whose bodies are not read by then are unknown until the next time. */
    private static final Duration LEARNING = Duration.ofSeconds(2);

    private final PostgresParser parser;
    private final Cache<String, Analysis> byText = newCache();
    private final Cache<String, Analysis> byTemplate = newCache();

    private final BodyReader bodyReader;
    private final Cache<Catalogue, Bodies> bodies =
            Caffeine.newBuilder().weakKeys().build();

    /** Takes over the parser and closes it. */
    public PostgresAnalyzer(PostgresParser parser) {
        this.parser = parser;
        this.bodyReader = new BodyReader(parser, LEARNING);
    }

    private static Cache<String, Analysis> newCache() {
        return Caffeine.newBuilder()
                .maximumWeight(MAX_CACHED_CHARS / 2)
                .weigher((String text, Analysis analysis) -> text.length() + ENTRY_OVERHEAD)
                .build();
    }

    /** What is remembered of the text; never waits. */
    public Optional<Analysis> cached(String sql) {
        Analysis known = byText.getIfPresent(sql);
        if (known == null) {
            Template template = Template.of(sql);
            known = template == null ? null : byTemplate.getIfPresent(template.key());
        }
        return Optional.ofNullable(known);
    }

    /** What the text says; completes on one of the parser's threads. It never completes with an exception. */
    public CompletableFuture<Analysis> analyze(String sql) {
        Optional<Analysis> known = cached(sql);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        return parser.parseAsync(sql)
                .thenApply(result -> understand(sql, result))
                .exceptionally(failure -> Analysis.failed("the parser failed"));
    }

    /**
     * Reads the bodies of the catalogue's functions, as far as they are not known, within two seconds. Waits for the
     * parser, so it is not for an event loop.
     */
    public void learn(Catalogue catalogue) {
        Bodies read = bodyReader.read(catalogue);
        // What statements remember holds for the bodies that it was found with.
        if (!read.equals(bodies.getIfPresent(catalogue))) {
            bodies.put(catalogue, read);
        }
    }

    /** As {@link Facts#of}, with what {@link #learn} has read. */
    public Facts facts(Opened opened, SessionState session, Catalogue catalogue) {
        return Facts.of(opened, session, catalogue, bodies(catalogue));
    }

    /**
     * Whether {@link #facts} takes so little time that an event loop may wait for it. What does not is for another thread,
     * with a {@link SessionState#snapshot}.
     */
    public boolean areQuick(Opened opened, SessionState session, Catalogue catalogue) {
        return Facts.areQuick(opened, session, catalogue, bodies(catalogue));
    }

    private Bodies bodies(Catalogue catalogue) {
        Bodies known = bodies.getIfPresent(catalogue);
        return known == null ? Bodies.NONE : known;
    }

    private Analysis understand(String sql, ParseResult result) {
        Analysis analysis = read(sql, result);
        if (isLasting(result)) {
            Template template =
                    analysis.understood() && result instanceof ParseResult.Parsed(List<RawStatement> statements)
                            ? templateOf(sql, statements)
                            : null;
            // The text itself is likely to come again too, and is found sooner than its template can be made.
            byText.put(sql, analysis);
            if (template != null) {
                byTemplate.put(template.key(), analysis);
            }
        }
        return analysis;
    }

    /** The text's template where all texts of it have the same analysis, or null. */
    private static @Nullable Template templateOf(String sql, List<RawStatement> statements) {
        Template template = Template.of(sql);
        return template != null && template.isCoveredBy(FreeLiterals.of(statements)) ? template : null;
    }

    /** Whether the same text would always give the same result. */
    private static boolean isLasting(ParseResult result) {
        return switch (result) {
            case ParseResult.Parsed _ -> true;
            case ParseResult.Failed(ParseResult.Failure kind, String _, int _) ->
                switch (kind) {
                    case SYNTAX -> true;
                    case TOO_LARGE, TOO_DEEP, TIMEOUT, BUSY, ENGINE -> false;
                };
        };
    }

    static Analysis read(String sql, ParseResult result) {
        return switch (result) {
            case ParseResult.Parsed(List<RawStatement> statements) -> read(sql, statements);
            case ParseResult.Failed(ParseResult.Failure kind, String message, int _) ->
                kind == ParseResult.Failure.BUSY ? Analysis.postponed(message) : Analysis.failed(message);
        };
    }

    private static Analysis read(String sql, List<RawStatement> raw) {
        if (raw.size() > MAX_STATEMENTS) {
            return Analysis.failed("the message has more than " + MAX_STATEMENTS + " statements");
        }
        List<Statement> statements = new ArrayList<>(raw.size());
        try {
            for (RawStatement statement : raw) {
                statements.add(StatementReader.read(statement.node()));
            }
        } catch (RuntimeException | StackOverflowError e) {
            return Analysis.failed("the statement could not be analysed");
        }
        return new Analysis(statements, Optional.empty(), Constants.places(sql), false);
    }

    @Override
    public void close() {
        parser.close();
    }
}
