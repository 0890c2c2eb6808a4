/**
 * Masks on PostgreSQL's wire: rows, COPY streams, errors and notices. What replaces a value is of the value's type and in
 * its format, so that a driver reads the row as if the target had sent it.
 */
@NullMarked
package dev.sallyport.protocols.postgres.mask;

import org.jspecify.annotations.NullMarked;
