package dev.sallyport.server.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them. */
final class Units {
    private static final Pattern DURATION = Pattern.compile("(?:\\d{1,9}(?:ms|s|m|h|d))+");
    private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Map<String, Duration> DURATION_UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(B|KB|MB|GB|KiB|MiB|GiB)?");
    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "B",
            1L,
            "KB",
            1000L,
            "MB",
            1000_000L,
            "GB",
            1000_000_000L,
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30);

    private Units() {}

    /** {@code 500ms}, {@code 10s}, {@code 10m}, {@code 2h}, {@code 1d}, {@code 1h30m}. */
    static Optional<Duration> duration(String text) {
        if (text.length() > 40 || !DURATION.matcher(text).matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        Matcher part = DURATION_PART.matcher(text);
        while (part.find()) {
            Duration unit = DURATION_UNITS.getOrDefault(part.group(2), Duration.ZERO);
            sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
        }
        return Optional.of(sum);
    }

    /** Bytes, or with a unit: {@code KB}, {@code MB}, {@code GB} by thousands, {@code KiB}, {@code MiB}, {@code GiB} by 1024. */
    static OptionalLong size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long unit = matcher.group(2) == null ? 1 : SIZE_UNITS.getOrDefault(matcher.group(2), 1L);
        try {
            return OptionalLong.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
        } catch (ArithmeticException tooLarge) {
            return OptionalLong.empty();
        }
    }
}
