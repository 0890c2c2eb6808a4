package dev.sallyport.core.approval;

import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.target.TargetName;
import java.util.List;

/**
 * A command that a policy holds for somebody's approval.
 *
 * @param identity who asks
 * @param target where it is to run
 * @param session the session's id
 * @param sequence the command's number within it
 * @param remote the client's address and port
 * @param command the command as it would be forwarded
 * @param decision why and on what terms it is held
 * @param shownText the command's text as an approver may see it
 * @param shownParameters its values as an approver may see them
 */
public record Request(
        Identity identity,
        TargetName target,
        String session,
        long sequence,
        String remote,
        Command command,
        Decision.Hold decision,
        String shownText,
        List<RecordedParameter> shownParameters) {
    public Request {
        shownParameters = List.copyOf(shownParameters);
    }

    /** What it asks for is data of the client's, so it is not printed. */
    @Override
    public String toString() {
        return "Request[" + identity + " at " + target + ", session " + session + ", " + command + "]";
    }
}
