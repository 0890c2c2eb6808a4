package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.protocols.postgres.canary.Probe;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client got for a probe.
 *
 * @param bytes the bodies of all messages, one behind the other
 * @param rows the rows of the statement that answers
 * @param copied whether it answered with a stream that holds something
 * @param error the first error
 */
@SuppressWarnings("ArrayRecordComponent") // Read, never compared.
record ProbeReply(byte[] bytes, List<List<@Nullable String>> rows, boolean copied, Optional<Message> error) {
    static ProbeReply of(RawClient client, Probe probe) throws IOException {
        List<Message> seen = new ArrayList<>();
        for (String sql : probe.before()) {
            seen.addAll(client.query(sql));
        }
        List<Message> answer = send(client, probe).readUntilReady();
        seen.addAll(answer);
        for (String sql : probe.after()) {
            List<Message> last = client.query(sql);
            seen.addAll(last);
        }
        if (Answers.status(seen) != 'I') {
            seen.addAll(client.query("ROLLBACK"));
        }
        return of(seen, answer);
    }

    private static ProbeReply of(List<Message> seen, List<Message> answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        seen.forEach(message -> bytes.writeBytes(message.body()));
        List<List<@Nullable String>> rows = answer.stream()
                .filter(message -> message.tag() == 'D')
                .map(ProbeReply::row)
                .toList();
        boolean copied = answer.stream().anyMatch(message -> message.tag() == 'd' && message.body().length > 0);
        // An aborted transaction refuses what comes behind the error.
        Optional<Message> error =
                seen.stream().filter(message -> message.tag() == 'E').findFirst();
        return new ProbeReply(bytes.toByteArray(), rows, copied, error);
    }

    /** Values as they are, a byte a character. */
    private static List<@Nullable String> row(Message message) {
        ByteBuffer in = ByteBuffer.wrap(message.body());
        List<@Nullable String> row = new ArrayList<>();
        for (int i = in.getShort(); i > 0; i--) {
            int length = in.getInt();
            if (length < 0) {
                row.add(null);
            } else {
                byte[] value = new byte[length];
                in.get(value);
                row.add(new String(value, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return row;
    }

    private static RawClient send(RawClient client, Probe probe) throws IOException {
        return switch (probe.style()) {
            case SIMPLE -> client.send(Messages.query(probe.sql()));
            case TEXT -> extended(client, probe, 0, Messages.execute("", 0));
            case BINARY -> extended(client, probe, 1, Messages.execute("", 0));
            case PORTAL ->
                extended(client, probe, 0, Messages.concat(Messages.execute("", 1), Messages.execute("", 0)));
        };
    }

    private static RawClient extended(RawClient client, Probe probe, int format, byte[] execute) throws IOException {
        byte[] values = {};
        for (String parameter : probe.parameters()) {
            byte[] text = Messages.utf8(parameter);
            values = Messages.concat(values, Messages.int32(text.length), text);
        }
        return client.send(
                Messages.parse("", probe.sql()),
                Messages.message(
                        'B',
                        Messages.texts("", ""),
                        Messages.int16(0),
                        Messages.int16(probe.parameters().size()),
                        values,
                        Messages.int16(1),
                        Messages.int16(format)),
                Messages.describePortal(""),
                execute,
                Messages.sync());
    }
}
