package dev.sallyport.server.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows set out as a table: each value on one line, made harmless, cut where it is too wide. */
final class Table {
    /** A value may be so wide in any case. */
    private static final int CELL = 48;

    private static final int LINE = 200;

    /** No more of a value is ever looked at. */
    private static final int MAX_CHARS = 4_000;

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> heads) {
        this.heads = harmless(heads);
    }

    void add(List<String> row) {
        rows.add(harmless(row));
    }

    private static List<String> harmless(List<String> cells) {
        return cells.stream()
                .map(text -> Printable.line(text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "…" : text))
                .toList();
    }

    /** The lines: heads, a rule, rows. What is too wide is cut. */
    List<String> lines() {
        return grid(widths(CELL), LINE);
    }

    /** The same where it fits into so many columns; else each row as a list of its own. */
    List<String> linesWithin(int columns) {
        int most = Math.max(CELL, columns / Math.max(1, heads.size()) - 3);
        int[] widths = widths(Math.min(most, columns - 1));
        int total = 1 + 3 * (widths.length - 1);
        for (int width : widths) {
            total += width;
        }
        return total <= columns ? grid(widths, columns) : expanded(columns);
    }

    private int[] widths(int most) {
        int[] widths = new int[heads.size()];
        widen(widths, heads, most);
        rows.forEach(row -> widen(widths, row, most));
        return widths;
    }

    private static void widen(int[] widths, List<String> row, int most) {
        for (int i = 0; i < Math.min(widths.length, row.size()); i++) {
            widths[i] = Math.max(widths[i], Math.min(most, Printable.columns(row.get(i))));
        }
    }

    private List<String> grid(int[] widths, int columns) {
        List<String> lines = new ArrayList<>();
        lines.add(line(widths, heads, columns));
        lines.add(rule(widths, columns));
        rows.forEach(row -> lines.add(line(widths, row, columns)));
        return lines;
    }

    private static String line(int[] widths, List<String> row, int columns) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < Math.min(widths.length, row.size()); i++) {
            String text = Printable.cut(row.get(i), widths[i]);
            cells.add(i == widths.length - 1 ? text : padded(text, widths[i]));
        }
        return Printable.cut((" " + String.join(" | ", cells)).stripTrailing(), columns);
    }

    private static String padded(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - Printable.columns(text)));
    }

    private static String rule(int[] widths, int columns) {
        List<String> dashes = new ArrayList<>();
        for (int width : widths) {
            dashes.add("-".repeat(width + 2));
        }
        return Printable.cut(String.join("+", dashes), columns);
    }

    /** As psql's expanded display: a rule, then one line for each column. */
    private List<String> expanded(int columns) {
        int most = Math.min(CELL, columns / 2);
        int name = heads.stream()
                .mapToInt(head -> Math.min(most, Printable.columns(head)))
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            lines.add("-[ row " + (row + 1) + " ]" + "-".repeat(Math.max(3, name)));
            for (int i = 0; i < Math.min(heads.size(), rows.get(row).size()); i++) {
                String head = padded(Printable.cut(heads.get(i), name), name);
                String line = " " + head + " | " + rows.get(row).get(i);
                lines.add(Printable.cut(line.stripTrailing(), columns));
            }
        }
        return lines.isEmpty() ? grid(widths(CELL), columns) : lines;
    }
}
