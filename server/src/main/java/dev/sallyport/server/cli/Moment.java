package dev.sallyport.server.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Pattern;

/** A point in time as people write it: a date, a time in UTC, or so long ago. */
final class Moment {
    private static final Pattern AGO = Pattern.compile("[0-9]{1,6}[smh]");
    private static final Pattern DAYS_AGO = Pattern.compile("([0-9]{1,6})d");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private Moment() {}

    static Instant parse(String text, Clock clock) {
        try {
            if (AGO.matcher(text).matches()) {
                return clock.instant().minus(Duration.parse("PT" + text.toUpperCase(Locale.ROOT)));
            }
            if (DAYS_AGO.matcher(text).matches()) {
                return clock.instant().minus(Duration.parse("P" + text.toUpperCase(Locale.ROOT)));
            }
            if (DATE.matcher(text).matches()) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return Instant.parse(text);
        } catch (DateTimeException notATime) {
            throw new UsageFault(
                    "'" + text + "' is no time (expected: 2026-03-04, 2026-03-04T05:06:07Z, 30m, 24h or 7d)");
        }
    }
}
