package dev.sallyport.core.identity;

/** What came of looking at a token. */
public sealed interface Authentication {
    record Authenticated(Identity identity) implements Authentication {}

    /**
     * A token that was not taken.
     *
     * @param reason why, for the audit log
     * @param detail more for the operator, on one line; never the token, and of what it said only short, escaped pieces
     */
    record Refused(Reason reason, String detail) implements Authentication {}

    /** Why a token was not taken. Clients get one neutral text for all of them, except where {@link #told} says so. */
    enum Reason {
        TOKEN_MALFORMED("token-malformed"),
        TOKEN_TOO_LARGE("token-too-large"),
        TOKEN_ENCRYPTED("token-encrypted"),
        HEADER_NOT_UNDERSTOOD("header-not-understood"),
        ALGORITHM_NOT_ALLOWED("algorithm-not-allowed"),
        TYPE_NOT_ACCEPTED("type-not-accepted"),
        ISSUER_UNKNOWN("issuer-unknown"),
        KEYS_UNAVAILABLE("keys-unavailable"),
        KEY_UNKNOWN("key-unknown"),
        SIGNATURE_INVALID("signature-invalid"),
        AUDIENCE_MISMATCH("audience-mismatch"),
        SUBJECT_MISSING("subject-missing"),
        CLAIM_MISMATCH("claim-mismatch"),
        SENDER_CONSTRAINED("sender-constrained"),
        EXPIRY_MISSING("expiry-missing"),
        TOKEN_NOT_YET_VALID("token-not-yet-valid"),
        TOKEN_EXPIRED("token-expired"),
        CHECK_FAILED("check-failed");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        /** The stable name of this reason. */
        public String code() {
            return code;
        }

        /**
         * Whether the client may be told. Only of a token that is good in every other way: its owner learns nothing but
         * that a new one is needed.
         */
        public boolean told() {
            return this == TOKEN_EXPIRED;
        }
    }
}
