package dev.sallyport.server.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines for a terminal. Whatever was recorded stands behind an indent, also where it is wrapped, so that nothing recorded
 * can pass for a line of the replay's own: those begin at the left.
 */
final class Screen {
    static final String INDENT = " ".repeat(9);
    private static final int LEAST = 40;

    private final int columns;
    private final List<String> lines = new ArrayList<>();

    /** One so many columns wide; 0 for no limit, where nothing is wrapped. */
    Screen(int columns) {
        this.columns = columns == 0 ? Integer.MAX_VALUE : Math.max(LEAST, columns);
    }

    /** How wide a table may be behind the indent. */
    int tableColumns() {
        return columns == Integer.MAX_VALUE ? 200 : columns - INDENT.length();
    }

    /** A line that is fit for a terminal already. */
    void line(String text) {
        wrapped("", INDENT, text);
    }

    /** The same behind the indent. */
    void indented(String text) {
        wrapped(INDENT, INDENT + "  ", text);
    }

    /** A text of unknown origin, line by line: the first behind {@code head}, the others below it. */
    void text(String head, String text) {
        String below = " ".repeat(Math.min(Printable.columns(head), columns / 2));
        List<String> texts = Printable.lines(text);
        for (int i = 0; i < texts.size(); i++) {
            wrapped(i == 0 ? head : below, below, texts.get(i));
        }
        if (texts.isEmpty()) {
            lines.add(head.stripTrailing());
        }
    }

    /** Lines that are as wide as they may be, behind the indent. */
    void table(List<String> table) {
        table.forEach(line -> lines.add(INDENT + line));
    }

    void blank() {
        lines.add("");
    }

    /** What was put there since the last time. */
    List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    private void wrapped(String head, String below, String text) {
        String rest = text;
        String before = head;
        while (Printable.columns(rest) > columns - Printable.columns(before)) {
            int cut = cut(rest, columns - Printable.columns(before));
            lines.add((before + rest.substring(0, cut)).stripTrailing());
            rest = rest.substring(cut);
            before = below;
        }
        lines.add((before + rest).stripTrailing());
    }

    /** Where a line of so many columns is to end: behind a word, where that does not make it much shorter. */
    private static int cut(String text, int columns) {
        int fits = Math.max(text.offsetByCodePoints(0, 1), Printable.fitting(text, columns));
        int space = text.lastIndexOf(' ', fits - 1) + 1;
        return space > fits / 2 ? space : fits;
    }
}
