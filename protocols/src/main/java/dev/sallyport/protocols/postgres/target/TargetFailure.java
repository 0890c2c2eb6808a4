package dev.sallyport.protocols.postgres.target;

/**
 * Why there is no connection to a target. What the client is told names neither the target's address, nor its role, nor
 * anything that the target itself said; that is what {@link #detail()} is for, which goes to the log.
 */
public sealed interface TargetFailure {
    /** Stable, for machines. */
    String code();

    /** The SQLSTATE that the client gets. */
    String sqlState();

    /** What the client is told. */
    String clientText();

    /** What the operator is told; may name hosts and roles and quote the target, never a secret. */
    String detail();

    /** Nobody answers there, or the name is unknown. */
    record Unreachable(String detail) implements TargetFailure {
        @Override
        public String code() {
            return "target_unreachable";
        }

        @Override
        public String sqlState() {
            return "08001";
        }

        @Override
        public String clientText() {
            return "The target cannot be reached.";
        }
    }

    /** The target has no TLS, or its certificate is not one to trust. */
    record TlsFailed(String detail) implements TargetFailure {
        @Override
        public String code() {
            return "target_tls";
        }

        @Override
        public String sqlState() {
            return "08001";
        }

        @Override
        public String clientText() {
            return "The connection to the target could not be secured.";
        }
    }

    /** The target did not accept the gateway's credential, or could not prove that it knows it. */
    record AuthenticationFailed(String detail) implements TargetFailure {
        @Override
        public String code() {
            return "target_authentication";
        }

        @Override
        public String sqlState() {
            return "08004";
        }

        @Override
        public String clientText() {
            return "The gateway and the target could not authenticate each other.";
        }
    }

    /**
     * The target took no connection for a reason of its own: too many, shutting down, no such database.
     *
     * @param sqlState as the target gave it, or {@code XX000} where it gave none that is one
     */
    record Refused(String sqlState, String detail) implements TargetFailure {
        public Refused {
            if (!sqlState.matches("[0-9A-Z]{5}")) {
                sqlState = "XX000";
            }
        }

        @Override
        public String code() {
            return "target_refused";
        }

        @Override
        public String clientText() {
            return "The target refused the connection (SQLSTATE " + sqlState + ").";
        }
    }

    /** It took longer than the target's connect timeout. */
    record Timeout(String detail) implements TargetFailure {
        @Override
        public String code() {
            return "target_timeout";
        }

        @Override
        public String sqlState() {
            return "08001";
        }

        @Override
        public String clientText() {
            return "The target did not answer in time.";
        }
    }

    /** What answered does not speak the protocol, or went beyond its bounds. */
    record ProtocolViolation(String detail) implements TargetFailure {
        @Override
        public String code() {
            return "target_protocol";
        }

        @Override
        public String sqlState() {
            return "08P01";
        }

        @Override
        public String clientText() {
            return "The target broke the protocol.";
        }
    }

    /** All connections that the gateway may open to the target are in use, and none became free in time. */
    record BudgetExhausted(String detail) implements TargetFailure {
        @Override
        public String code() {
            return "target_busy";
        }

        @Override
        public String sqlState() {
            return "53300";
        }

        @Override
        public String clientText() {
            return "All connections to the target are in use.";
        }
    }
}
