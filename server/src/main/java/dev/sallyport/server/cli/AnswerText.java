package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.RecordedRows;
import dev.sallyport.server.export.PostgresValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What came back for a command: rows as a table, a stream as it was, an error, and how it ended. */
final class AnswerText {
    private final Screen screen;
    private final int maxRows;

    /** Of an answer so many rows are shown at most. */
    AnswerText(Screen screen, int maxRows) {
        this.screen = screen;
        this.maxRows = maxRows;
    }

    /** Shows it; {@code of} names the command where it is not the one shown last. */
    void show(Answered answered, String of) {
        List<List<Optional<byte[]>>> rows = RecordedRows.of(answered);
        List<RecordedColumn> columns = answered.columns();
        boolean stream = rows.stream().anyMatch(row -> row.size() != columns.size());
        List<List<Optional<byte[]>>> shown = rows.subList(0, Math.min(maxRows, rows.size()));
        if (answered.fromClient()) {
            screen.indented("the client sent:");
        }
        if (stream) {
            shown.forEach(row -> row.forEach(this::piece));
        } else if (!columns.isEmpty()) {
            screen.table(table(columns, shown).linesWithin(screen.tableColumns()));
        }
        if (shown.size() < rows.size()) {
            screen.indented("… " + (rows.size() - shown.size()) + " more are recorded (--rows)");
        }
        if (answered.truncated()) {
            screen.indented("… the rest was not recorded (" + rest(answered) + ")");
        }
        if (!answered.error().isEmpty()) {
            ServerMessage.show(answered.error(), "ERROR", screen);
        }
        end(answered, of);
    }

    private static String rest(Answered answered) {
        String count = answered.rowCount() + (answered.rowCount() == 1 ? " row" : " rows") + " in all";
        return answered.rest().isEmpty() ? count : count + ", SHA-256 of the rest " + Printable.line(answered.rest());
    }

    private void end(Answered answered, String of) {
        List<String> end = new ArrayList<>();
        end.add(Printable.line(answered.status()));
        if (answered.rowCount() > 0) {
            end.add(answered.rowCount() + (answered.rowCount() == 1 ? " row, " : " rows, ") + answered.byteCount()
                    + " bytes");
        }
        end.add(String.format(Locale.ROOT, "%.1f ms", answered.micros() / 1_000.0));
        screen.indented(of + "(" + String.join("; ", end) + ")");
        screen.blank();
    }

    private void piece(Optional<byte[]> piece) {
        screen.text(Screen.INDENT + " ", new String(piece.orElse(new byte[0]), StandardCharsets.UTF_8));
    }

    private static Table table(List<RecordedColumn> columns, List<List<Optional<byte[]>>> rows) {
        Table table = new Table(columns.stream().map(AnswerText::head).toList());
        for (List<Optional<byte[]>> row : rows) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                RecordedColumn column = columns.get(i);
                cells.add(row.get(i)
                        .map(value -> cell(PostgresValues.text(column.type(), column.binary(), value)))
                        .orElse("NULL"));
            }
            table.add(cells);
        }
        return table;
    }

    /** A text that reads like no value at all is told from it. */
    private static String cell(String value) {
        return value.equals("NULL") ? "'NULL'" : value;
    }

    private static String head(RecordedColumn column) {
        return column.masked().isEmpty() ? column.name() : column.name() + " [" + column.masked() + "]";
    }
}
