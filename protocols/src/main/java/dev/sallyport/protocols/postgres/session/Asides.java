package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What the target says without having been asked, and at any time (PostgreSQL documentation, section 54.2.7): notices,
 * notifications and settings. What a notice or a notification says is scrubbed like everything that leaves.
 */
final class Asides {
    private final SessionContext context;
    private final UnderWay underWay;
    private final TargetHalf.Listener listener;

    Asides(SessionContext context, UnderWay underWay, TargetHalf.Listener listener) {
        this.context = context;
        this.underWay = underWay;
        this.listener = listener;
    }

    void notice(ByteBuf frame) {
        Answer answer = underWay.headAnswer();
        ErrorFields shown = context.said().scrub(MessageReader.ofFrame(frame).errorFields(), underWay.head());
        context.wire().toClient(out -> out.notice(shown));
        if (answer != null) {
            answer.run().noticed("notice", Errors.recorded(shown));
        }
    }

    void parameter(ByteBuf frame) {
        MessageReader body = MessageReader.ofFrame(frame);
        String name = body.text();
        String value = body.text();
        body.end();
        if (!context.tolerates(name, value)) {
            listener.fatal(Errors.unsafeParameter(name));
            return;
        }
        context.wire().toClient(frame.retainedSlice());
    }

    void notification(ByteBuf frame) {
        MessageReader body = MessageReader.ofFrame(frame);
        int process = body.int32();
        String channel = body.text();
        String payload = context.said().scrub(body.text(), process);
        body.end();
        context.wire()
                .toClient(out -> out.begin(Tag.NOTIFICATION_RESPONSE)
                        .int32(process)
                        .text(channel)
                        .text(payload)
                        .end());
        context.session().noticed("notification", List.of("channel=" + channel, "payload=" + payload));
    }
}
