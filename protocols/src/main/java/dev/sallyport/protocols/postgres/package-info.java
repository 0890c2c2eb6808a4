/** PostgreSQL clients and targets, protocol versions 3.0 and 3.2: the facade that a server starts. */
@NullMarked
package dev.sallyport.protocols.postgres;

import org.jspecify.annotations.NullMarked;
