package dev.sallyport.protocols.postgres.client;

import dev.sallyport.core.identity.Authenticator;
import dev.sallyport.core.session.Sessions;
import dev.sallyport.protocols.postgres.session.PostgresSessions;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What every listener of the protocol shares.
 *
 * @param authenticator turns tokens into identities; it may block
 * @param sessions opens, decides and records
 * @param postgres runs sessions once both sides are there
 * @param blocking where work that may block is done, one virtual thread each
 * @param authenticationTimeout from the first byte to the token's acceptance
 */
public record PostgresServices(
        Authenticator authenticator,
        Sessions sessions,
        PostgresSessions postgres,
        Executor blocking,
        Duration authenticationTimeout) {}
