package dev.sallyport.core.approval;

import java.util.Locale;

/** Why a held command is no longer wanted. */
public enum Withdrawal {
    /** The client's connection is gone. */
    CLIENT_GONE,
    /** The client cancelled the command. */
    CANCELLED,
    /** The session ended: its token expired, it was killed, its target failed. */
    SESSION_ENDED,
    /** The gateway is stopping. */
    STOPPING;

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name as the audit log has it. */
    public String label() {
        return label;
    }
}
