package dev.sallyport.sql.postgres.catalogue;

/**
 * A cast that somebody made and that runs a function of theirs.
 *
 * @param implicit whether it can run without being written: in an assignment, in any expression, or when a value is
 *     turned to JSON
 * @param function the {@code schema.name} of the function
 */
public record Cast(String source, String target, boolean implicit, String function) {}
