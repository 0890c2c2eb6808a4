/**
 * The messages of PostgreSQL's frontend/backend protocol, versions 3.0 and 3.2, as bytes.
 *
 * <p>Source: PostgreSQL 18 documentation, chapter 54 "Frontend/Backend Protocol", sections 54.7 "Message Formats" and
 * 54.8 "Error and Notice Message Fields".
 */
@NullMarked
package dev.sallyport.protocols.postgres.wire;

import org.jspecify.annotations.NullMarked;
