package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.sql.postgres.Analysis;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A statement that a Parse made, or may have made. What the target says about it later is filled in. */
final class Prepared {
    private final String name;
    private final String sql;
    private final Analysis analysis;
    private final long madeAt;
    private List<Integer> parameterOids;
    private boolean described;
    private @Nullable List<Field> fields;

    /**
     * As yet undescribed.
     *
     * @param madeAt see {@link dev.sallyport.sql.postgres.SessionState#now}
     */
    Prepared(String name, String sql, Analysis analysis, List<Integer> parameterOids, long madeAt) {
        this.name = name;
        this.sql = sql;
        this.analysis = analysis;
        this.parameterOids = parameterOids;
        this.madeAt = madeAt;
    }

    long madeAt() {
        return madeAt;
    }

    String name() {
        return name;
    }

    String sql() {
        return sql;
    }

    Analysis analysis() {
        return analysis;
    }

    /** The type of the parameter at {@code index} as a number, empty where the target has not told yet. */
    String parameterType(int index) {
        int oid = index < parameterOids.size() ? parameterOids.get(index) : 0;
        return oid == 0 ? "" : Integer.toUnsignedString(oid);
    }

    void parameters(List<Integer> oids) {
        parameterOids = List.copyOf(oids);
    }

    /** Whether the target has told the shape of the rows, or that there are none. */
    boolean isDescribed() {
        return described;
    }

    /** The columns of its rows, without formats; empty where it returns none. */
    Optional<List<Field>> fields() {
        return Optional.ofNullable(fields);
    }

    void described(@Nullable List<Field> columns) {
        described = true;
        fields = columns;
    }
}
