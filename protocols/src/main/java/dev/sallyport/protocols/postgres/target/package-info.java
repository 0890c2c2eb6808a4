/**
 * The second door: dialling a target, securing the connection, and presenting the credential that only the gateway has.
 *
 * <p>Source: PostgreSQL 18 documentation, chapter 54 "Frontend/Backend Protocol", sections 54.2.1 "Start-up", 54.2.8
 * "Canceling Requests in Progress", 54.2.10 "SSL Session Encryption" and 54.3 "SASL Authentication".
 */
@NullMarked
package dev.sallyport.protocols.postgres.target;

import org.jspecify.annotations.NullMarked;
