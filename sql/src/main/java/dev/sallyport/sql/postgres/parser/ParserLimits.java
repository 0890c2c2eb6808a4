package dev.sallyport.sql.postgres.parser;

import java.time.Duration;
import java.util.Objects;

/**
 * The bounds of a {@link PostgresParser}. Memory is bounded by them together: an instance of the parser has 128 MiB that
 * never grow, and a tree on the Java heap is about ten times as large as its JSON.
 *
 * @param engines how many texts are parsed at once; each has a thread and 128 MiB of the Java heap
 * @param maxWaiting how many texts may wait for an engine
 * @param maxTextBytes the longest text, in UTF-8
 * @param maxTreeBytes the largest tree, as JSON in UTF-8
 * @param maxTreeTokens the most tokens (braces, brackets, names, values) of that JSON
 * @param maxTreeDepth the deepest nesting of that JSON; one level of SQL makes two to five of them
 * @param parseTimeout how long one text may keep an engine busy
 */
public record ParserLimits(
        int engines,
        int maxWaiting,
        int maxTextBytes,
        int maxTreeBytes,
        int maxTreeTokens,
        int maxTreeDepth,
        Duration parseTimeout) {

    public ParserLimits {
        atLeastOne("engines", engines);
        atLeastOne("maxWaiting", maxWaiting);
        atLeastOne("maxTextBytes", maxTextBytes);
        atLeastOne("maxTreeBytes", maxTreeBytes);
        atLeastOne("maxTreeTokens", maxTreeTokens);
        atLeastOne("maxTreeDepth", maxTreeDepth);
        Objects.requireNonNull(parseTimeout, "parseTimeout");
        if (!parseTimeout.isPositive()) {
            throw new IllegalArgumentException("parseTimeout: %s (expected: > 0)".formatted(parseTimeout));
        }
    }

    /**
     * Two engines, texts up to 1 MiB, trees up to 16 MiB and 1,000 levels, five seconds: an INSERT of 1 MiB takes a few
     * tenths of a second, but several seconds as long as the module is still interpreted.
     */
    public static ParserLimits standard() {
        return new ParserLimits(2, 256, 1 << 20, 16 << 20, 2_000_000, 1_000, Duration.ofSeconds(5));
    }

    public ParserLimits withEngines(int engines) {
        return new ParserLimits(
                engines, maxWaiting, maxTextBytes, maxTreeBytes, maxTreeTokens, maxTreeDepth, parseTimeout);
    }

    public ParserLimits withMaxTextBytes(int maxTextBytes) {
        return new ParserLimits(
                engines, maxWaiting, maxTextBytes, maxTreeBytes, maxTreeTokens, maxTreeDepth, parseTimeout);
    }

    public ParserLimits withParseTimeout(Duration parseTimeout) {
        return new ParserLimits(
                engines, maxWaiting, maxTextBytes, maxTreeBytes, maxTreeTokens, maxTreeDepth, parseTimeout);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s: %d (expected: > 0)".formatted(name, value));
        }
    }
}
