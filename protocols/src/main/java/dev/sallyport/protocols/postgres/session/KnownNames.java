package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells which fields of an error name what there is. Code that raises an error names whatever it likes there (PostgreSQL
 * documentation, section 41.9.1: RAISE … USING CONSTRAINT = …), a value for one.
 */
record KnownNames(Catalogue catalogue, ErrorFields fields) implements Predicate<Character> {
    @Override
    public boolean test(Character code) {
        return switch (code) {
            case ErrorFields.SCHEMA, ErrorFields.TABLE -> table().isPresent();
            case ErrorFields.COLUMN ->
                table().filter(table -> table.has(fields.get(ErrorFields.COLUMN)))
                        .isPresent();
            // A unique constraint's name is its index's; of others nothing is known.
            case ErrorFields.CONSTRAINT ->
                table().isPresent()
                        && catalogue
                                .relation(fields.get(ErrorFields.SCHEMA), fields.get(ErrorFields.CONSTRAINT))
                                .isPresent();
            default -> false;
        };
    }

    private Optional<Relation> table() {
        return catalogue.relation(fields.get(ErrorFields.SCHEMA), fields.get(ErrorFields.TABLE));
    }
}
