package dev.sallyport.core.identity;

import dev.sallyport.core.identity.Authentication.Reason;

/**
 * Ends the check of a token from however deep inside it. It stays within this package: {@link Authenticator} turns it
 * into the value {@link Authentication.Refused}. Without a stack trace, since strangers can cause any number of them.
 */
final class Refusal extends Exception {
    private final Reason reason;

    Refusal(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    Authentication.Refused asValue() {
        return new Authentication.Refused(reason, String.valueOf(getMessage()));
    }
}
