package dev.sallyport.sql.postgres;

import java.util.List;

/**
 * A message, or the query behind a cursor or portal, with the path on which its names are resolved. Those of a portal are those of the moment in which it was opened, whatever has become of the
 * search path since: the plan is made then, and kept (PostgreSQL's source, portalcmds.c and postgres.c).
 *
 * @param searchPath the effective search path at that moment, empty where it is not known
 */
public record Opened(Analysis analysis, List<String> searchPath) {
    public Opened {
        searchPath = List.copyOf(searchPath);
    }
}
