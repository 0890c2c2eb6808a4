package dev.sallyport.protocols.postgres.client;

import dev.sallyport.core.target.TargetName;
import dev.sallyport.net.ServerTls;
import java.util.Optional;

/**
 * How one listener takes its clients.
 *
 * @param tls absent for a listener without TLS, which the configuration allows on loopback only
 * @param target the target all its clients reach; absent where the database they name tells
 * @param oauthBearer whether the token comes by SASL OAUTHBEARER rather than as the password
 * @param discoveryUrl where an OAUTHBEARER client without a token learns about the issuer; may be empty
 * @param scope what such a client should ask the issuer for; may be empty
 */
public record ListenerTerms(
        Optional<ServerTls> tls, Optional<TargetName> target, boolean oauthBearer, String discoveryUrl, String scope) {}
