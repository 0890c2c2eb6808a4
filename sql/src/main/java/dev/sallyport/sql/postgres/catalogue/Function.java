package dev.sallyport.sql.postgres.catalogue;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A function or procedure in SQL whose body can be read: it runs with its caller's rights, and with no setting of its own
 * but a search path.
 *
 * @param definition the body's text, or where it is bound the CREATE statement that holds it
 * @param bound whether its names were resolved when it was made (BEGIN ATOMIC, RETURN); they are then written for a search
 *     path of {@code pg_catalog} alone, as defaults are
 * @param searchPath the search path that it sets while it runs, as PostgreSQL writes lists of names
 * @param defaults the expressions that stand for arguments left out, with commas between; empty where there are none
 * @param parameters the names of its arguments
 * @param converts whether making a value of its type may fail, and so tell of the value
 */
public record Function(
        String schema,
        String name,
        String definition,
        boolean bound,
        Optional<String> searchPath,
        String defaults,
        Set<String> parameters,
        boolean converts) {
    public Function {
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(definition, "definition");
        Objects.requireNonNull(searchPath, "searchPath");
        Objects.requireNonNull(defaults, "defaults");
        parameters = Set.copyOf(parameters);
    }

    /** {@code schema.name}. */
    public String qualifiedName() {
        return schema + "." + name;
    }

    /** Its name only: the body is the target's. */
    @Override
    public String toString() {
        return qualifiedName();
    }
}
