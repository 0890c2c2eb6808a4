package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.target.TargetConnector;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import java.util.concurrent.CompletableFuture;

/**
 * A target as its sessions share it.
 *
 * @param connector opens connections to it
 * @param catalogue what it consists of
 */
public record ReachedTarget(TargetConnector connector, CatalogueSource catalogue) {

    /** The target's catalogue, kept by somebody else. Safe to call from any thread. */
    public interface CatalogueSource {
        /** The newest that was read; {@link Catalogue#EMPTY} before the first. */
        Catalogue current();

        /** Reads it anew; several that ask at once share one reading. */
        CompletableFuture<Catalogue> refresh();
    }
}
