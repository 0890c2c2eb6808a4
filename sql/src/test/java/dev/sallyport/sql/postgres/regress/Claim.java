package dev.sallyport.sql.postgres.regress;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import dev.sallyport.sql.postgres.Facts;
import dev.sallyport.sql.postgres.Statement;
import dev.sallyport.sql.postgres.StatementKind;

/** What the analysis says of a message as a whole, as far as a server can confirm it. */
enum Claim {
    /** It leaves nothing behind. */
    READS,
    /** It leaves something behind in its own session only: a setting, a prepared statement, a cursor. */
    MOVES_SESSION,
    /** It begins or ends transactions, or forgets what the session has: no transaction can be put around it. */
    CONTROLS,
    /** It changes something. */
    CHANGES,
    /** It may do anything. */
    UNKNOWN;

    static Claim of(Facts facts) {
        Claim claim = READS;
        for (Effect effect : facts.effects()) {
            Claim of = of(effect);
            claim = of.compareTo(claim) > 0 ? of : claim;
        }
        boolean controls = facts.analysis().statements().stream().anyMatch(Claim::controls);
        return controls && claim.compareTo(CONTROLS) < 0 ? CONTROLS : claim;
    }

    private static Claim of(Effect effect) {
        return switch (effect.action()) {
            case READ, CALL -> READS;
            case SESSION -> ofSession(effect.object().kind());
            case CONSUME -> MOVES_SESSION;
            case INSERT, UPDATE, DELETE, TRUNCATE, CREATE, ALTER, DROP, GRANT, ADMIN, PUBLISH -> CHANGES;
            case UNKNOWN -> UNKNOWN;
        };
    }

    private static Claim ofSession(String kind) {
        return switch (kind) {
            case "transaction" -> CONTROLS;
            case "table" -> CHANGES;
            default -> MOVES_SESSION;
        };
    }

    private static boolean controls(Statement statement) {
        return statement.kind() instanceof StatementKind.Transaction
                || statement.kind() instanceof StatementKind.Discard;
    }

    /** Whether it says that nothing is written, which a server can refute. */
    boolean writesNothing() {
        return this == READS || this == MOVES_SESSION;
    }

    static boolean isUnknown(Effect effect) {
        return effect.action() == Action.UNKNOWN;
    }
}
