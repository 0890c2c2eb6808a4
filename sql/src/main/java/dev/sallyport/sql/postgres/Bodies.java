package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Function;
import java.util.Map;
import java.util.Optional;

/** The bodies of one catalogue's functions, as far as they were understood. */
record Bodies(Map<Function, Body> bodies) {
    static final Bodies NONE = new Bodies(Map.of());

    Bodies {
        bodies = Map.copyOf(bodies);
    }

    Optional<Body> of(Function function) {
        return Optional.ofNullable(bodies.get(function));
    }
}
