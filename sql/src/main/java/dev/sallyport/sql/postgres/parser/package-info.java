/**
 * PostgreSQL's own grammar: texts in, parse trees out.
 *
 * <p>{@link dev.sallyport.sql.postgres.parser.PostgresParser} is the facade. Behind it libpg_query, the parser lifted
 * out of the PostgreSQL server, runs as WebAssembly: it has no access to files, network or the Java heap, and an
 * instance that misbehaves is thrown away. What the trees mean is not known here.
 */
@NullMarked
package dev.sallyport.sql.postgres.parser;

import org.jspecify.annotations.NullMarked;
