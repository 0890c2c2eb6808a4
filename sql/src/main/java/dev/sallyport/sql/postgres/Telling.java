package dev.sallyport.sql.postgres;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * PostgreSQL's own functions that tell values which no argument of theirs brings: what other sessions run, large objects,
 * the server's files and its write-ahead log. A call of one counts as a use of the column that shows the same, or of any
 * column at all.
 */
final class Telling {
    private static final BaseColumn STATEMENT = new BaseColumn("pg_catalog.pg_stat_activity", "query", 0, false);
    private static final BaseColumn LARGE_OBJECT = new BaseColumn("pg_catalog.pg_largeobject", "data", 0, false);

    private static final Map<String, BaseColumn> TOLD = told();

    private Telling() {}

    private static Map<String, BaseColumn> told() {
        Map<String, BaseColumn> told = new HashMap<>();
        told.put("pg_stat_get_activity", STATEMENT);
        told.put("pg_stat_get_backend_activity", STATEMENT);
        told.put("lo_get", LARGE_OBJECT);
        told.put("loread", LARGE_OBJECT);
        for (String name : new String[] {
            "pg_logical_slot_get_binary_changes",
            "pg_logical_slot_get_changes",
            "pg_logical_slot_peek_binary_changes",
            "pg_logical_slot_peek_changes",
            "pg_read_binary_file",
            "pg_read_file",
            "pg_read_file_old"
        }) {
            told.put(name, BaseColumn.UNKNOWN);
        }
        return Map.copyOf(told);
    }

    /** What the call tells; a function of the same name in another schema is somebody's own, and unknown anyway. */
    static Optional<BaseColumn> of(Claims.Call call) {
        String schema = call.name().schema();
        return schema == null || schema.equals("pg_catalog")
                ? Optional.ofNullable(TOLD.get(call.name().name()))
                : Optional.empty();
    }
}
