package dev.sallyport.server.api;

import dev.sallyport.core.identity.Identity;
import java.util.Optional;

/** Puts on record that a request was turned away. */
@FunctionalInterface
public interface Refusals {
    /**
     * Records it.
     *
     * @param remote the client's address and port
     * @param identity who it was, where that is known
     * @param reason a stable code
     * @param detail more for the operator; never a token
     * @return the incident's id, for the client
     */
    String record(String remote, Optional<Identity> identity, String reason, String detail);
}
