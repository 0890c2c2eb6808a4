package dev.sallyport.server.demo;

import java.util.List;

/** Rows in columns, as psql shows them. */
final class Table {
    private Table() {}

    /** @param rows all of the same length, the names first */
    static String of(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] width = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (int i = 0; i < columns; i++) {
                text.append(i == 0 ? " " : " | ")
                        .append(String.format("%-" + width[i] + "s", rows.get(r).get(i)));
            }
            text.append('\n');
            if (r == 0) {
                for (int i = 0; i < columns; i++) {
                    text.append(i == 0 ? "-" : "+-").append("-".repeat(width[i] + 1));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}
