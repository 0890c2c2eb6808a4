package dev.sallyport.sql.postgres.catalogue;

import java.util.Set;

/** What is taken for known of PostgreSQL's own functions where a definition calls them by their OIDs. */
public final class Definitions {
    private Definitions() {}

    public static Set<Integer> functionsReadingMoreThanTheirArguments() {
        return ViewReader.READING;
    }
}
