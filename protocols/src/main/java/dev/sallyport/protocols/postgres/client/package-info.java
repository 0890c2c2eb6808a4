/** The client's side of a connection up to the point where a session begins: TLS, start-up, the token, cancel requests. */
@NullMarked
package dev.sallyport.protocols.postgres.client;

import org.jspecify.annotations.NullMarked;
