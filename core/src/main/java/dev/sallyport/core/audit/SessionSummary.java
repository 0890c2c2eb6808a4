package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import java.util.Optional;

/**
 * A session as the log knows it.
 *
 * @param opened how it began
 * @param counts what happened in it
 * @param closed how it ended; absent while it is open, or where the gateway died
 */
public record SessionSummary(SessionOpened opened, Counts counts, Optional<SessionClosed> closed) {

    /** {@code issuer:subject}. */
    public String principal() {
        return opened.issuer() + ":" + opened.subject();
    }

    /**
     * How many commands there were.
     *
     * @param commands all that were decided
     * @param denied those that were denied
     * @param held those that waited for somebody's approval
     * @param failed those that were answered with an error, or not at all
     */
    public record Counts(long commands, long denied, long held, long failed) {
        static final Counts NONE = new Counts(0, 0, 0, 0);

        Counts with(AuditEvent.CommandDecided command) {
            return new Counts(
                    commands + 1,
                    denied + (command.outcome().equals("deny") ? 1 : 0),
                    held + (command.outcome().equals("hold") ? 1 : 0),
                    failed);
        }

        Counts with(AuditEvent.Answered answered) {
            boolean lost = answered.status().equals("lost") || !answered.error().isEmpty();
            return lost ? new Counts(commands, denied, held, failed + 1) : this;
        }

        /** How many of one outcome there were. */
        public long of(Outcome outcome) {
            return switch (outcome) {
                case ALLOWED -> commands - denied - held;
                case DENIED -> denied;
                case HELD -> held;
                case FAILED -> failed;
            };
        }
    }

    /** What can become of a command. */
    public enum Outcome {
        ALLOWED,
        DENIED,
        HELD,
        FAILED
    }
}
