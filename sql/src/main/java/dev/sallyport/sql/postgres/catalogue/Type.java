package dev.sallyport.sql.postgres.catalogue;

/**
 * A type.
 *
 * @param kind {@code typtype} of {@code pg_type}: b base, c composite, d domain, e enum, m multirange, p pseudo, r range
 * @param category {@code typcategory}, such as S for strings, N for numbers, D for dates
 * @param element the element's type for an array, else 0
 * @param base the type under a domain, else 0
 */
public record Type(int oid, String schema, String name, char kind, char category, int element, int base) {}
