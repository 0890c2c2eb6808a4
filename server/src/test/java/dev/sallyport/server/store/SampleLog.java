package dev.sallyport.server.store;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.audit.AuditLogOptions;
import dev.sallyport.core.audit.RetentionLimits;
import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A log that tests write commands to, one after the other, a second apart. */
final class SampleLog implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

    private final SegmentedAuditLog log;
    private Instant now = START;

    SampleLog(Path directory) throws IOException {
        log = SegmentedAuditLog.open(
                directory,
                AuditLogOptions.DEFAULT.withSegmentBytes(20_000),
                Clock.systemUTC(),
                LocalKey.inDirectory(directory));
    }

    SampleLog append(AuditEvent event) {
        now = event.at();
        log.append(event);
        return this;
    }

    SampleLog started() {
        return append(new AuditEvent.GatewayStarted(next(), "0"));
    }

    SampleLog opened(String session, String subject, String target) {
        return append(new AuditEvent.SessionOpened(
                next(),
                session,
                "postgres",
                "192.0.2.1:5000",
                target,
                "okta",
                subject,
                Optional.of("cid-" + subject),
                List.of("okta:" + subject + "s", "okta:everyone"),
                List.of(),
                "",
                "psql",
                1,
                now.plusSeconds(3600)));
    }

    SampleLog closed(String session) {
        return append(new AuditEvent.SessionClosed(next(), session, "client closed", 1, 1, 1));
    }

    void erase(String session) throws IOException {
        log.custody().erase(session, "okta:ann", "request 17");
    }

    /** Keeps as little as it can. */
    void retain() throws IOException {
        log.custody().retain(new RetentionLimits(Optional.empty(), Optional.of(1L)));
    }

    SampleLog read(String session, long sequence, String text) {
        return command(session, sequence, text, Action.READ, "public.customers", "allow", "");
    }

    SampleLog command(
            String session, long sequence, String text, Action action, String table, String outcome, String incident) {
        return append(new AuditEvent.CommandDecided(
                next(),
                session,
                sequence,
                text,
                List.of(
                        new RecordedParameter(
                                "25", "text", Optional.of("Zürich 8001".getBytes(StandardCharsets.UTF_8))),
                        new RecordedParameter("23", "binary", Optional.of(new byte[] {0, 0, 0, 77})),
                        new RecordedParameter("25", "digest", Optional.of("hidden".getBytes(StandardCharsets.UTF_8))),
                        new RecordedParameter("", "binary", Optional.empty())),
                List.of(Effect.of(action, "table", table)),
                outcome,
                outcome.equals("deny") ? "RULE" : "",
                "",
                List.of("support/" + outcome + "[0]"),
                1,
                incident,
                0));
    }

    SampleLog refused(String incident, String principal) {
        return append(new AuditEvent.ConnectionRefused(
                next(),
                incident,
                "postgres",
                "192.0.2.9:1",
                "orders",
                "x",
                Optional.of(principal),
                "token-expired",
                ""));
    }

    long syncedRecords() {
        return log.syncedRecords();
    }

    private Instant next() {
        now = now.plusSeconds(1);
        return now;
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
