package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Cast;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.OwnType;
import dev.sallyport.sql.postgres.catalogue.Relation;
import dev.sallyport.sql.postgres.catalogue.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a statement can have values of a type that somebody made. An implicit cast of theirs runs only where both its
 * types are: a value becomes one of a type that is nowhere in the statement neither by an operator, of which there is none
 * then that wants it, nor by being stored.
 */
final class TypesAtHand {
    private final Claims claims;
    private final List<Names.Meaning> read;
    private final Names names;
    private final Catalogue catalogue;

    /** @param relations what the statement's relations may mean, in its order */
    TypesAtHand(Claims claims, List<List<Names.Meaning>> relations, Names names, Catalogue catalogue) {
        this.claims = claims;
        this.names = names;
        this.catalogue = catalogue;
        this.read = new ArrayList<>();
        for (int i = 0; i < relations.size(); i++) {
            // What the statement makes has the types that it writes, and those of what it reads.
            if (!claims.relations.get(i).defines()) {
                read.addAll(relations.get(i));
            }
        }
    }

    /** Whether the cast may run somewhere in a statement that calls nobody's own functions. */
    boolean mayNeed(Cast cast) {
        return isAtHand(cast.source()) && isAtHand(cast.target());
    }

    private boolean isAtHand(String name) {
        Optional<OwnType> own = catalogue.ownType(name);
        // The type of a parameter is told beside the statement.
        if (own.isEmpty() || claims.parameters || isWritten(name)) {
            return true;
        }
        OwnType type = own.get();
        return read.stream().anyMatch(meaning -> mayHold(meaning, type));
    }

    private boolean isWritten(String name) {
        return claims.types.stream()
                .anyMatch(type -> type.name().equals(name) || type.name().equals("_" + name));
    }

    private boolean mayHold(Names.Meaning meaning, OwnType type) {
        Relation relation = meaning.relation();
        if (relation == null) {
            return !meaning.temporary() || type.stored() || names.mayHaveStoredTemporarily(type.name());
        }
        return catalogue.reachable(relation.oid()).stream()
                .flatMap(reached -> reached.columns().stream())
                .anyMatch(column -> holds(column, type));
    }

    private boolean holds(Column column, OwnType type) {
        Optional<Type> known = catalogue.type(column.typeOid());
        return known.isEmpty() || known.get().oid() == type.oid() || known.get().element() == type.oid();
    }
}
