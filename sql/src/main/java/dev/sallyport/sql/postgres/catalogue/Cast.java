package dev.sallyport.sql.postgres.catalogue;

/**
 * A cast that somebody made and that runs a function of theirs.
 *
 * @param implicit whether it can run without being written: in an assignment, in any expression, or when a value is
 *     turned to JSON
 */
public record Cast(String source, String target, boolean implicit) {}
