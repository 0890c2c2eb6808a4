package dev.sallyport.sql.postgres.parser;

import java.util.List;
import java.util.Random;

/** Makes statements that are valid, and such as were valid before something happened to them. */
final class RandomSql {

    private static final List<String> PIECES = List.of(
            "'", "\"", "$$", "$a$", "(", ")", ";", "/*", "*/", "--", "\\", "E'", "é", "😀", ",", " FROM ", " SELECT ");

    private final Random random;

    RandomSql(Random random) {
        this.random = random;
    }

    String statement() {
        return switch (random.nextInt(7)) {
            case 0 -> select(2);
            case 1 -> "INSERT INTO " + name() + " VALUES (" + list(expression(1)) + "), (" + list(literal()) + ")";
            case 2 -> "UPDATE " + name() + " SET " + name() + " = " + expression(2) + " WHERE " + expression(2);
            case 3 -> "DELETE FROM " + name() + " WHERE " + expression(3) + " RETURNING *";
            case 4 -> "WITH " + name() + " AS (" + select(1) + ") " + select(2);
            case 5 -> select(1) + "; " + select(1);
            default -> WarmUp.STATEMENTS.get(random.nextInt(WarmUp.STATEMENTS.size() - 1));
        };
    }

    /** A statement with a few pieces cut out, doubled, changed or put in. */
    String mutated() {
        StringBuilder sql = new StringBuilder(statement());
        for (int i = 1 + random.nextInt(4); i > 0 && !sql.isEmpty(); i--) {
            int at = random.nextInt(sql.length());
            int end = Math.min(sql.length(), at + 1 + random.nextInt(8));
            switch (random.nextInt(4)) {
                case 0 -> sql.delete(at, end);
                case 1 -> sql.insert(at, sql.substring(at, end));
                case 2 -> sql.setCharAt(at, (char) (1 + random.nextInt(0x2FF)));
                default -> sql.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return sql.toString();
    }

    private String select(int depth) {
        return "SELECT " + list(expression(depth)) + " FROM " + name() + " x JOIN " + name() + " y ON " + expression(1)
                + " WHERE " + expression(depth) + " ORDER BY 1";
    }

    private String expression(int depth) {
        if (depth == 0) {
            return random.nextBoolean() ? literal() : name();
        }
        return switch (random.nextInt(7)) {
            case 0 -> "(" + expression(depth - 1) + " + " + expression(depth - 1) + ")";
            case 1 -> name() + "(" + list(expression(depth - 1)) + ")";
            case 2 -> "(" + expression(depth - 1) + " IN (" + list(literal()) + "))";
            case 3 -> "EXISTS (SELECT " + expression(depth - 1) + " FROM " + name() + ")";
            case 4 -> "CASE WHEN " + expression(depth - 1) + " THEN " + literal() + " END";
            case 5 -> "(" + expression(depth - 1) + ")::text";
            default -> "(x." + name() + " = $" + (1 + random.nextInt(9)) + ")";
        };
    }

    private String list(String first) {
        StringBuilder list = new StringBuilder(first);
        for (int i = random.nextInt(4); i > 0; i--) {
            list.append(", ").append(expression(0));
        }
        return list.toString();
    }

    private String literal() {
        return switch (random.nextInt(6)) {
            case 0 -> Integer.toString(random.nextInt());
            case 1 -> "'it''s " + random.nextInt(1000) + "'";
            case 2 -> "E'\\'\\n\\u00e9'";
            case 3 -> "$q$ " + random.nextLong() + " $q$";
            case 4 -> random.nextDouble() + "";
            default -> "'" + "é😀x".repeat(random.nextInt(20)) + "'";
        };
    }

    private String name() {
        return "n" + random.nextInt(50);
    }
}
