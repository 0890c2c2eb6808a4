/** What a PostgreSQL statement really does, from the server's own grammar and the target's catalogue. */
@NullMarked
package dev.sallyport.sql.postgres;

import org.jspecify.annotations.NullMarked;
