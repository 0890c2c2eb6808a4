package dev.sallyport.sql.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Function;
import dev.sallyport.sql.postgres.parser.ParseResult;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import dev.sallyport.sql.postgres.parser.RawStatement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the bodies of functions, one after the other, so that the statements of clients wait for no more than one of them.
 * What was read before is not read again.
 */
final class BodyReader {
    private static final long MAX_CACHED_CHARS = 8L << 20;
    private static final int ENTRY_OVERHEAD = 200;

    private final PostgresParser parser;
    private final Duration atMost;
    private final Cache<Function, Body> known = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARS)
            .weigher((Function function, Body body) ->
                    function.definition().length() + function.defaults().length() + ENTRY_OVERHEAD)
            .build();

    /** @param atMost how long one reading may take; what is not read by then is left for the next */
    BodyReader(PostgresParser parser, Duration atMost) {
        this.parser = parser;
        this.atMost = atMost;
    }

    /** Reads what the catalogue has, and waits for it. */
    Bodies read(Catalogue catalogue) {
        long until = System.nanoTime() + atMost.toNanos();
        Map<Function, Body> bodies = new HashMap<>();
        for (Function function : catalogue.functions()) {
            Body body = known.getIfPresent(function);
            if (body == null && System.nanoTime() - until < 0) {
                body = read(function);
                if (body != null) {
                    known.put(function, body);
                }
            }
            if (body != null && !body.equals(Body.NONE)) {
                bodies.put(function, body);
            }
        }
        return new Bodies(bodies);
    }

    /** Null where another try may bring more. */
    private @Nullable Body read(Function function) {
        String defaults = Body.defaultsText(function);
        ParseResult body = parser.parse(function.definition());
        ParseResult ofDefaults = defaults == null ? new ParseResult.Parsed(List.of()) : parser.parse(defaults);
        return switch (body) {
            case ParseResult.Failed failed -> lasting(failed);
            case ParseResult.Parsed(List<RawStatement> statements) ->
                switch (ofDefaults) {
                    case ParseResult.Failed failed -> lasting(failed);
                    case ParseResult.Parsed(List<RawStatement> expressions) ->
                        understood(function, statements, expressions);
                };
        };
    }

    private static @Nullable Body lasting(ParseResult.Failed failed) {
        return switch (failed.kind()) {
            case SYNTAX, TOO_LARGE, TOO_DEEP -> Body.NONE;
            case TIMEOUT, BUSY, ENGINE -> null;
        };
    }

    private static Body understood(Function function, List<RawStatement> statements, List<RawStatement> defaults) {
        try {
            return Body.read(function, statements, defaults);
        } catch (RuntimeException | StackOverflowError e) {
            return Body.NONE;
        }
    }
}
