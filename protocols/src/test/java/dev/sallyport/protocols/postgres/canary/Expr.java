package dev.sallyport.protocols.postgres.canary;

import java.util.List;
import java.util.stream.Stream;

/**
 * An expression.
 *
 * @param masked whether its value derives from a masked column
 */
record Expr(String sql, Kind kind, boolean masked) {
    static Expr clean(String sql, Kind kind) {
        return new Expr(sql, kind, false);
    }

    /** One made of others; {@code %s} stands for each of them. */
    static Expr of(Kind kind, String format, Expr... parts) {
        Object[] texts = Stream.of(parts).map(Expr::sql).toArray();
        return new Expr(format.formatted(texts), kind, Stream.of(parts).anyMatch(Expr::masked));
    }

    static boolean anyMasked(List<Expr> parts) {
        return parts.stream().anyMatch(Expr::masked);
    }
}
