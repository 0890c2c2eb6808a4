package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.server.export.PostgresValues;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A session as a person would have seen it, event by event. Whatever was recorded is shown escaped. */
final class ReplayText {
    private final Screen screen;
    private final AnswerText answers;
    private Instant start = Instant.EPOCH;
    private String prompt = "";
    private long command;

    /** On a screen so many columns wide, 0 for no limit, with so many rows of an answer at most. */
    ReplayText(int columns, int maxRows) {
        this.screen = new Screen(columns);
        this.answers = new AnswerText(screen, maxRows);
    }

    /** The lines that one event makes. */
    List<String> lines(AuditEvent event) {
        switch (event) {
            case AuditEvent.SessionOpened e -> opened(e);
            case AuditEvent.SessionContinued e -> {
                // Said in each segment of the log; of use where the one in which it was opened is gone.
                if (prompt.isEmpty()) {
                    opened(e.opened());
                }
            }
            case AuditEvent.CommandDecided e -> command(e);
            case AuditEvent.ApprovalRequested e -> requested(e);
            case AuditEvent.ApprovalVoted e -> voted(e);
            case AuditEvent.ApprovalResolved e ->
                screen.line(stamp(e.at()) + "approval " + safe(e.approval()) + ": " + safe(e.outcome())
                        + because(e.detail()));
            case AuditEvent.GrantUsed e ->
                screen.line(stamp(e.at()) + "#" + e.sequence() + " runs, on approval " + safe(e.approval()));
            case AuditEvent.Answered e -> answers.show(e, e.sequence() == command ? "" : "#" + e.sequence() + " ");
            case AuditEvent.Noticed e -> ServerMessage.show(e.fields(), e.kind().toUpperCase(Locale.ROOT), screen);
            case AuditEvent.SessionClosed e ->
                screen.line(stamp(e.at()) + "closed: " + safe(e.reason()) + " (" + e.commands() + " commands, "
                        + e.bytesIn() + " bytes in, " + e.bytesOut() + " bytes out)");
            case AuditEvent.SessionErased e ->
                screen.line(stamp(e.at()) + "erased by " + safe(e.by()) + ": " + safe(e.reason())
                        + "; what was recorded cannot be read any more");
            case AuditEvent.HoldPlaced e ->
                screen.line(stamp(e.at()) + "held by " + safe(e.by()) + because(e.reason()));
            case AuditEvent.HoldReleased e ->
                screen.line(stamp(e.at()) + "released by " + safe(e.by()) + because(e.reason()));
            case AuditEvent.SegmentsDeleted e -> {}
            case AuditEvent.GatewayStarted e -> {}
            case AuditEvent.GatewayStopped e -> {}
            case AuditEvent.RevisionLoaded e -> {}
            case AuditEvent.ConnectionRefused e -> {}
            case AuditEvent.TailCut e -> {}
            case AuditEvent.LogInterrupted e -> {}
        }
        return screen.take();
    }

    /** What to say where the log ends before the session does. */
    static String unfinished() {
        return "The log has no end of this session: it is still open, or its gateway was killed.";
    }

    private void opened(AuditEvent.SessionOpened e) {
        start = e.at();
        prompt = safe(e.target()) + "=> ";
        screen.line("session  " + safe(e.session()) + ", opened " + e.at());
        screen.line("who      " + safe(e.issuer() + ":" + e.subject())
                + e.client().map(client -> ", client " + safe(client)).orElse("")
                + (e.actors().isEmpty() ? "" : ", through " + safe(String.join(", ", e.actors()))));
        screen.line("groups   " + safe(String.join(", ", e.groups())));
        screen.line("target   " + safe(e.target()) + " (" + safe(e.protocol()) + "), from " + safe(e.remote())
                + (e.application().isEmpty() ? "" : ", with " + safe(e.application()))
                + (e.claimedUser().isEmpty() ? "" : ", claiming to be " + safe(e.claimedUser())));
        screen.blank();
    }

    private void command(AuditEvent.CommandDecided e) {
        command = e.sequence();
        screen.text(stamp(e.at()) + prompt, e.text());
        for (int i = 0; i < e.parameters().size(); i++) {
            screen.indented("$" + (i + 1) + " = " + value(e.parameters().get(i)));
        }
        String by = e.rules().isEmpty() ? "" : " by " + safe(String.join(", ", e.rules()));
        screen.indented("#" + e.sequence() + " "
                + switch (e.outcome()) {
                    case "allow" -> "allowed" + by;
                    case "hold" -> "held" + by;
                    case "deny" ->
                        "DENIED" + by + " (" + safe(e.reason()) + ", incident " + safe(e.incident()) + "): "
                                + safe(e.message());
                    default -> safe(e.outcome()) + by;
                });
        if (e.outcome().equals("deny")) {
            screen.blank();
        }
    }

    private static String value(RecordedParameter parameter) {
        Optional<byte[]> value = parameter.value();
        if (value.isEmpty()) {
            return "NULL";
        }
        return switch (parameter.form()) {
            case "text" -> quoted(new String(value.get(), StandardCharsets.UTF_8));
            case "binary" -> quoted(PostgresValues.text(parameter.type(), true, value.get()));
            default -> "(digest " + Printable.cut(HexFormat.of().formatHex(value.get()), 16) + ")";
        };
    }

    private static String quoted(String text) {
        return "'" + Printable.cut(safe(text), 200) + "'";
    }

    private void requested(AuditEvent.ApprovalRequested e) {
        screen.line(stamp(e.at()) + "approval " + safe(e.approval()) + " asked for: " + e.count() + " of "
                + safe(String.join(", ", e.approvers())) + ", until " + e.expiresAt());
    }

    private void voted(AuditEvent.ApprovalVoted e) {
        screen.line(stamp(e.at()) + safe(e.principal()) + " says " + (e.approve() ? "yes" : "no")
                + (e.accepted() ? "" : ", which does not count") + because(e.detail()));
    }

    private String stamp(Instant at) {
        double seconds = Duration.between(start, at).toNanos() / 1e9;
        return String.format(Locale.ROOT, "%7.3f  ", Math.max(0, seconds));
    }

    private static String because(String detail) {
        return detail.isEmpty() ? "" : " (" + safe(detail) + ")";
    }

    private static String safe(String text) {
        return Printable.line(text);
    }
}
