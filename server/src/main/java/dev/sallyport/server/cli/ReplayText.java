package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.audit.RecordedRows;
import dev.sallyport.server.export.PostgresValues;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A session as a person would have seen it, event by event. Whatever was recorded is shown escaped. */
final class ReplayText {
    private static final String INDENT = "         ";

    private Instant start = Instant.EPOCH;
    private String prompt = "";

    ReplayText() {}

    /** The lines that one event makes. */
    List<String> lines(AuditEvent event) {
        List<String> lines = new ArrayList<>();
        switch (event) {
            case AuditEvent.SessionOpened e -> opened(e, lines);
            case AuditEvent.CommandDecided e -> command(e, lines);
            case AuditEvent.ApprovalRequested e -> requested(e, lines);
            case AuditEvent.ApprovalVoted e -> voted(e, lines);
            case AuditEvent.ApprovalResolved e ->
                lines.add(stamp(e.at()) + "approval " + safe(e.approval()) + ": " + safe(e.outcome())
                        + because(e.detail()));
            case AuditEvent.GrantUsed e ->
                lines.add(stamp(e.at()) + "#" + e.sequence() + " runs, on approval " + safe(e.approval()));
            case AuditEvent.Answered e -> answered(e, lines);
            case AuditEvent.Noticed e ->
                lines.add(stamp(e.at()) + safe(e.kind()).toUpperCase(Locale.ROOT) + ": "
                        + safe(String.join(", ", e.fields())));
            case AuditEvent.SessionClosed e ->
                lines.add(stamp(e.at()) + "closed: " + safe(e.reason()) + " (" + e.commands() + " commands, "
                        + e.bytesIn() + " bytes in, " + e.bytesOut() + " bytes out)");
            case AuditEvent.GatewayStarted e -> {}
            case AuditEvent.GatewayStopped e -> {}
            case AuditEvent.RevisionLoaded e -> {}
            case AuditEvent.ConnectionRefused e -> {}
            case AuditEvent.TailCut e -> {}
            case AuditEvent.LogInterrupted e -> {}
        }
        return lines;
    }

    private void opened(AuditEvent.SessionOpened e, List<String> lines) {
        start = e.at();
        prompt = safe(e.target()) + "=> ";
        lines.add("session  " + safe(e.session()) + ", opened " + e.at());
        lines.add("who      " + safe(e.issuer() + ":" + e.subject())
                + e.client().map(client -> ", client " + safe(client)).orElse("")
                + (e.actors().isEmpty() ? "" : ", through " + safe(String.join(", ", e.actors()))));
        lines.add("groups   " + safe(String.join(", ", e.groups())));
        lines.add("target   " + safe(e.target()) + " (" + safe(e.protocol()) + "), from " + safe(e.remote())
                + (e.application().isEmpty() ? "" : ", with " + safe(e.application()))
                + (e.claimedUser().isEmpty() ? "" : ", claiming to be " + safe(e.claimedUser())));
        lines.add("");
    }

    private void command(AuditEvent.CommandDecided e, List<String> lines) {
        List<String> text = Printable.lines(e.text());
        for (int i = 0; i < text.size(); i++) {
            lines.add((i == 0 ? stamp(e.at()) + prompt : INDENT + " ".repeat(prompt.length())) + text.get(i));
        }
        for (int i = 0; i < e.parameters().size(); i++) {
            lines.add(INDENT + "$" + (i + 1) + " = " + value(e.parameters().get(i)));
        }
        String by = e.rules().isEmpty() ? "" : " by " + safe(String.join(", ", e.rules()));
        lines.add(INDENT
                + switch (e.outcome()) {
                    case "allow" -> "allowed" + by;
                    case "hold" -> "held" + by;
                    case "deny" ->
                        "DENIED" + by + " (" + safe(e.reason()) + ", incident " + safe(e.incident()) + "): "
                                + safe(e.message());
                    default -> safe(e.outcome()) + by;
                });
        if (e.outcome().equals("deny")) {
            lines.add("");
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

    private void requested(AuditEvent.ApprovalRequested e, List<String> lines) {
        lines.add(stamp(e.at()) + "approval " + safe(e.approval()) + " asked for: " + e.count() + " of "
                + safe(String.join(", ", e.approvers())) + ", until " + e.expiresAt());
    }

    private void voted(AuditEvent.ApprovalVoted e, List<String> lines) {
        lines.add(stamp(e.at()) + safe(e.principal()) + " says " + (e.approve() ? "yes" : "no")
                + (e.accepted() ? "" : ", which does not count") + because(e.detail()));
    }

    private void answered(AuditEvent.Answered e, List<String> lines) {
        if (!e.columns().isEmpty() || e.rows().length > 0) {
            rows(e, lines);
        }
        e.error().forEach(field -> lines.add(" " + safe(field)));
        List<String> end = new ArrayList<>();
        end.add(safe(e.status()));
        if (e.rowCount() > 0) {
            end.add(e.rowCount() + (e.rowCount() == 1 ? " row, " : " rows, ") + e.byteCount() + " bytes");
        }
        if (e.truncated()) {
            end.add("not all of them recorded");
        }
        end.add(String.format(Locale.ROOT, "%.1f ms", e.micros() / 1_000.0));
        lines.add("(" + String.join("; ", end) + ")");
        lines.add("");
    }

    private static void rows(AuditEvent.Answered e, List<String> lines) {
        List<List<Optional<byte[]>>> rows = RecordedRows.of(e);
        List<RecordedColumn> columns = e.columns();
        boolean stream = rows.stream().anyMatch(row -> row.size() != columns.size());
        if (stream) {
            rows.forEach(row -> row.forEach(piece -> lines.addAll(pieceLines(piece.orElse(new byte[0])))));
            return;
        }
        Table table = new Table(columns.stream().map(ReplayText::head).toList());
        for (List<Optional<byte[]>> row : rows) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                RecordedColumn column = columns.get(i);
                cells.add(row.get(i)
                        .map(value -> PostgresValues.text(column.type(), column.binary(), value))
                        .orElse("NULL"));
            }
            table.add(cells);
        }
        lines.addAll(table.lines());
    }

    private static String head(RecordedColumn column) {
        return column.masked().isEmpty() ? column.name() : column.name() + " [" + column.masked() + "]";
    }

    private static List<String> pieceLines(byte[] piece) {
        return Printable.lines(new String(piece, StandardCharsets.UTF_8)).stream()
                .map(line -> Printable.cut(" " + line, 200))
                .toList();
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
