package dev.sallyport.sql.postgres;

import org.jspecify.annotations.Nullable;

/**
 * A name as a statement writes it.
 *
 * @param schema the schema, or null where the search path decides
 * @param name the object's own name
 */
record Name(@Nullable String schema, String name) {

    static Name of(String name) {
        return new Name(null, name);
    }

    /** The name with its schema, {@code ?} standing for a schema that is not known. */
    String in(String defaultSchema) {
        return (schema == null ? defaultSchema : schema) + "." + name;
    }

    @Override
    public String toString() {
        return schema == null ? name : schema + "." + name;
    }
}
