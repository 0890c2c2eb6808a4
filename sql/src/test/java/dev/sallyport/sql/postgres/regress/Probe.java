package dev.sallyport.sql.postgres.regress;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has done so far, by what the server itself counts.
 *
 * @param transactionIds how many transaction ids this session holds, those of subtransactions too (each holds a lock on
 *     itself; "pg_locks", in PostgreSQL's documentation)
 * @param transactionId the transaction's id, null while it has none
 * @param rows how many rows it has inserted, updated and deleted, the catalogue's own among them
 */
record Probe(String transactionIds, @Nullable String transactionId, String rows) {
    static final String SQL = """
            SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid()
                    AND locktype = 'transactionid' AND mode = 'ExclusiveLock'),
                pg_catalog.pg_current_xact_id_if_assigned(),
                (SELECT pg_catalog.sum(pg_catalog.pg_stat_get_xact_tuples_inserted(oid)
                        + pg_catalog.pg_stat_get_xact_tuples_updated(oid)
                        + pg_catalog.pg_stat_get_xact_tuples_deleted(oid))
                    FROM pg_catalog.pg_class WHERE relkind IN ('r', 't', 'm', 'p'))""";

    static Probe of(List<@Nullable String> row) {
        return new Probe(
                Objects.requireNonNullElse(row.get(0), ""), row.get(1), Objects.requireNonNullElse(row.get(2), "0"));
    }

    /** What was done between this one and a later one that should not have been; empty where nothing was. */
    List<String> refutedBy(Probe later) {
        List<String> done = new ArrayList<>();
        if (!transactionIds.equals(later.transactionIds) || !Objects.equals(transactionId, later.transactionId)) {
            done.add("got a transaction id");
        }
        if (!rows.equals(later.rows)) {
            done.add("changed rows (" + rows + " -> " + later.rows + ")");
        }
        return done;
    }
}
