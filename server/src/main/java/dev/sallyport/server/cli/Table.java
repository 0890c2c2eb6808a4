package dev.sallyport.server.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows set out as a table: each value on one line, made harmless, cut where it is too wide. */
final class Table {
    private static final int CELL = 48;
    private static final int LINE = 200;

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> heads) {
        this.heads = heads.stream().map(Table::cell).toList();
    }

    void add(List<String> row) {
        rows.add(row.stream().map(Table::cell).toList());
    }

    private static String cell(String text) {
        return Printable.cut(Printable.line(Printable.cut(text, 4 * CELL)), CELL);
    }

    /** The lines: heads, a rule, rows. */
    List<String> lines() {
        int[] widths = new int[heads.size()];
        widen(widths, heads);
        rows.forEach(row -> widen(widths, row));
        List<String> lines = new ArrayList<>();
        lines.add(line(widths, heads));
        lines.add(rule(widths));
        rows.forEach(row -> lines.add(line(widths, row)));
        return lines;
    }

    private static void widen(int[] widths, List<String> row) {
        for (int i = 0; i < Math.min(widths.length, row.size()); i++) {
            widths[i] = Math.max(widths[i], length(row.get(i)));
        }
    }

    private static String line(int[] widths, List<String> row) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < Math.min(widths.length, row.size()); i++) {
            String text = row.get(i);
            cells.add(i == widths.length - 1 ? text : text + " ".repeat(widths[i] - length(text)));
        }
        return Printable.cut(" " + String.join(" | ", cells), LINE);
    }

    private static String rule(int[] widths) {
        List<String> dashes = new ArrayList<>();
        for (int width : widths) {
            dashes.add("-".repeat(width + 2));
        }
        return Printable.cut(String.join("+", dashes), LINE);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
