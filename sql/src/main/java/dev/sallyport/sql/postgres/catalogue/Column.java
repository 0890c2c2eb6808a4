package dev.sallyport.sql.postgres.catalogue;

/**
 * A column of a relation.
 *
 * @param number its {@code attnum}, as RowDescription tells it
 * @param name its name
 * @param typeOid its type
 * @param generated whether its value is computed; COPY without a column list leaves such columns out
 */
public record Column(int number, String name, int typeOid, boolean generated) {}
