/**
 * Everything embedded, to try the gateway in a minute: a real PostgreSQL with seeded data, an issuer of tokens, a
 * certificate authority, a configuration directory that {@code serve} could run, and a tour with a real client.
 */
@NullMarked
package dev.sallyport.server.demo;

import org.jspecify.annotations.NullMarked;
