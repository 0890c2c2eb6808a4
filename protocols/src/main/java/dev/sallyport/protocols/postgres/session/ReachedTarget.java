package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.target.Catalogues;
import dev.sallyport.protocols.postgres.target.TargetConnector;

/**
 * A target as its sessions share it.
 *
 * @param connector opens connections to it
 * @param catalogues what it consists of
 */
public record ReachedTarget(TargetConnector connector, Catalogues catalogues) {}
