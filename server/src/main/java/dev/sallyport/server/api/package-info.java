/**
 * The admin API: what waits for approval, somebody's yes or no, what is open, and whether the gateway is well. It is
 * described for its users in docs/admin-api.md. Everything but the health check wants a bearer token that the gateway's
 * own issuers vouch for.
 */
@NullMarked
package dev.sallyport.server.api;

import org.jspecify.annotations.NullMarked;
