package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.testkit.postgres.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks up in what a client got, and in what was recorded of it, what a test asks for. */
final class Answers {
    private Answers() {}

    /** The transaction status in the last ReadyForQuery. */
    static char status(List<Message> messages) {
        return (char) messages.getLast().body()[0];
    }

    /** The only ErrorResponse among the messages. */
    static Message error(List<Message> messages) {
        List<Message> errors = messages.stream().filter(m -> m.tag() == 'E').toList();
        if (errors.size() != 1) {
            throw new AssertionError("expected one error: " + messages);
        }
        return errors.getFirst();
    }

    /** The SQLSTATE of the only ErrorResponse among the messages. */
    static String sqlState(List<Message> messages) {
        return error(messages).field('C');
    }

    /** The first column of all DataRows. */
    static List<@Nullable String> firstColumn(List<Message> messages) {
        List<@Nullable String> values = new ArrayList<>();
        for (Message message : messages) {
            if (message.tag() == 'D') {
                values.add(message.row().getFirst());
            }
        }
        return values;
    }

    /** The completion tags, in order. */
    static List<String> completions(List<Message> messages) {
        return messages.stream().filter(m -> m.tag() == 'C').map(Message::text).toList();
    }

    /** What was decided about the commands whose text holds {@code part}, for example {@code [allow, deny]}. */
    static List<String> outcomes(TestGateway gateway, String part) {
        return decided(gateway, part).stream().map(CommandDecided::outcome).toList();
    }

    static List<CommandDecided> decided(TestGateway gateway, String part) {
        return gateway.audit.events(CommandDecided.class).stream()
                .filter(event -> event.text().contains(part))
                .toList();
    }

    /** How the allowed commands whose text holds {@code part} ended, for example {@code SELECT 1}. */
    static List<String> endings(TestGateway gateway, String part) {
        List<String> endings = new ArrayList<>();
        for (CommandDecided command : decided(gateway, part)) {
            for (Answered answer : gateway.audit.events(Answered.class)) {
                if (answer.session().equals(command.session()) && answer.sequence() == command.sequence()) {
                    endings.add(answer.status());
                }
            }
        }
        return endings;
    }
}
