package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.session.HeldCommand;
import dev.sallyport.core.session.Refusal;
import dev.sallyport.protocols.postgres.target.TargetFailure;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The one place where what the gateway has to say becomes PostgreSQL errors. SQLSTATEs are those of the documentation's
 * appendix A, chosen so that drivers react as they would to a server.
 */
public final class Errors {
    private static final int WITHHELD_NAMED = 10;

    private Errors() {}

    /** A command that does not run; the session goes on. */
    public static ErrorFields of(Refusal refusal) {
        return ErrorFields.of(
                "ERROR", sqlState(refusal.kind()), refusal.message(), incident(refusal.incident()), refusal.hint());
    }

    /** A refusal that ends the session. */
    public static ErrorFields fatal(Refusal refusal) {
        return fatal(sqlState(refusal.kind()), refusal.message(), incident(refusal.incident()), refusal.hint());
    }

    public static ErrorFields fatal(String sqlState, String message, String detail, String hint) {
        return ErrorFields.of("FATAL", sqlState, message, detail, hint);
    }

    private static String sqlState(Refusal.Kind kind) {
        return switch (kind) {
            // insufficient_privilege
            case DENIED, NOT_APPROVED -> "42501";
            // feature_not_supported
            case UNSUPPORTED -> "0A000";
            // character_not_in_repertoire
            case UNREADABLE -> "22021";
            // query_canceled
            case APPROVAL_EXPIRED, WITHDRAWN -> "57014";
            // configuration_limit_exceeded
            case LIMITED -> "53400";
            // insufficient_resources
            case BUSY -> "53000";
            // io_error
            case EVIDENCE_UNAVAILABLE -> "58030";
            // invalid_authorization_specification
            case SESSION_ENDED -> "28000";
            // admin_shutdown
            case STOPPING -> "57P01";
        };
    }

    private static String incident(String incident) {
        return incident.isEmpty() ? "" : "Incident " + incident + ".";
    }

    /** There is no connection to the target. */
    static ErrorFields noTarget(TargetFailure failure, String session) {
        return fatal(failure.sqlState(), "sallyport: " + failure.clientText(), "Session " + session + ".", "");
    }

    /** The configuration changed between the admission and the dialling. */
    static ErrorFields targetChanged() {
        // cannot_connect_now
        return fatal("57P03", "sallyport: the target's configuration has just changed", "", "Connect again.");
    }

    static ErrorFields unknownOutcome() {
        // transaction_resolution_unknown
        return fatal(
                "08007",
                "sallyport: the answer was cut off at its limit, but the target had finished already",
                "What the command and those sent behind it changed may stand; the outcome is unknown.",
                "Check what changed before you send them again.");
    }

    static ErrorFields unsafeParameter(String name) {
        return fatal(
                "0A000",
                "sallyport: the target changed the setting \"" + name + "\" to a value that is not supported",
                "",
                "Leave client_encoding at UTF8 and standard_conforming_strings on.");
    }

    /** Told at once, while the command waits. */
    static ErrorFields held(HeldCommand held) {
        String approvers =
                held.approvers().stream().map(GroupName::toString).sorted().collect(Collectors.joining(", "));
        return ErrorFields.of(
                "NOTICE",
                "00000",
                "sallyport: this command waits for approval " + held.approval(),
                "Members of " + approvers + " may approve it until "
                        + held.expiresAt().truncatedTo(ChronoUnit.SECONDS) + ".",
                "sallyport approvals approve " + held.approval());
    }

    /**
     * Columns of an answer are masked that nobody named, and many of them read as NULL, which a client may take for zero
     * or for none.
     */
    static ErrorFields withheld(List<String> columns) {
        String named = columns.stream().limit(WITHHELD_NAMED).collect(Collectors.joining(", "));
        return ErrorFields.of(
                "WARNING",
                "01000",
                "sallyport: masked, since it may derive from a masked column: "
                        + named
                        + (columns.size() > WITHHELD_NAMED ? ", …" : ""),
                "What is made of a masked column, or of what is not known, is hidden whole; where no mask fits the type it "
                        + "reads as NULL.",
                "NULL means neither none nor zero here. count(*) and count(column) are shown, and so is what is made of "
                        + "other columns.");
    }

    /** The answer went over a limit of the policy's. */
    static ErrorFields cut(Limits limits) {
        String rows = limits.rows() == Long.MAX_VALUE ? "" : limits.rows() + " rows";
        String bytes = limits.bytes() == Long.MAX_VALUE ? "" : limits.bytes() + " bytes";
        return ErrorFields.of(
                "ERROR",
                "53400",
                "sallyport: the answer is cut off at its limit of " + rows
                        + (rows.isEmpty() || bytes.isEmpty() ? "" : " or ") + bytes,
                "",
                "Ask for less, with LIMIT or a narrower condition.");
    }

    static ErrorFields violation(String what) {
        // protocol_violation
        return fatal("08P01", "sallyport: " + what, "", "");
    }

    static ErrorFields failure() {
        // internal_error
        return fatal("XX000", "sallyport: the gateway failed", "The session cannot go on.", "Connect again.");
    }

    /** The fields as the audit log keeps them, {@code code=value}. */
    static List<String> recorded(ErrorFields fields) {
        List<String> recorded = new ArrayList<>();
        for (Map.Entry<Character, String> field : fields.byCode().entrySet()) {
            recorded.add(field.getKey() + "=" + field.getValue());
        }
        return recorded;
    }
}
