package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.session.Expected.Querying;
import dev.sallyport.protocols.postgres.session.Expected.Syncing;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of the command whose answer comes now: its rows, its COPY in either direction, its completion. Each is
 * matched to what the command may answer, and handed to its {@link Answer}, which masks, counts, limits and keeps it; what
 * the answer has cut off goes no further than here.
 */
final class Results {
    private final SessionContext context;
    private final UnderWay underWay;
    private final TargetHalf.Listener listener;

    Results(SessionContext context, UnderWay underWay, TargetHalf.Listener listener) {
        this.context = context;
        this.underWay = underWay;
        this.listener = listener;
    }

    /** Takes one message of the answer to the command, which stays the caller's. */
    void message(Answer answer, @Nullable Portal portal, byte tag, ByteBuf frame) {
        switch (tag) {
            case Tag.ROW_DESCRIPTION -> {
                if (!isSimple()) {
                    throw ProtocolViolation.unexpected(tag);
                }
                answer.shape(MessageReader.ofFrame(frame).fields());
                passUnlessCut(answer, frame);
            }
            case Tag.DATA_ROW -> row(answer, portal, frame);
            case Tag.COPY_OUT_RESPONSE -> {
                answer.copyOut(frame);
                passUnlessCut(answer, frame);
            }
            case Tag.COPY_DATA -> answer.copiedOut(frame);
            case Tag.COPY_DONE -> {
                answer.copyDone();
                passUnlessCut(answer, frame);
            }
            case Tag.COPY_IN_RESPONSE -> {
                underWay.copyBegun(answer);
                passUnlessCut(answer, frame);
                listener.targetAdvanced();
            }
            case Tag.COMMAND_COMPLETE, Tag.EMPTY_QUERY_RESPONSE, Tag.PORTAL_SUSPENDED -> complete(answer, tag, frame);
            default -> throw ProtocolViolation.unexpected(tag);
        }
    }

    private void row(Answer answer, @Nullable Portal portal, ByteBuf frame) {
        if (!answer.hasShape()) {
            List<Field> fields = portal == null ? null : portal.fields();
            if (fields == null) {
                throw new ProtocolViolation("DataRow: its columns were never described");
            }
            answer.shape(fields);
        }
        answer.row(frame);
    }

    private void complete(Answer answer, byte tag, ByteBuf frame) {
        String completion = switch (tag) {
            case Tag.COMMAND_COMPLETE -> MessageReader.ofFrame(frame).text();
            case Tag.PORTAL_SUSPENDED -> "suspended";
            default -> "empty";
        };
        // The client was told of an error, whatever the target says.
        String recorded = answer.isCut() ? "cut" : completion;
        underWay.copyEnded();
        if (answer.isCut() && answer.command().changes()) {
            listener.fatal(Errors.unknownOutcome());
            return;
        }
        passUnlessCut(answer, frame);
        answer.end(recorded, List.of());
        if (!isSimple()) {
            underWay.headAnswered();
            if (answer.isCut() && !(underWay.head() instanceof Syncing || underWay.isQuiet())) {
                // The client was told of an error here, so what it sent behind must not have run; but it does.
                listener.fatal(Errors.unknownOutcome());
                return;
            }
            listener.completed(answer);
        }
    }

    private boolean isSimple() {
        return underWay.head() instanceof Querying;
    }

    private void passUnlessCut(Answer answer, ByteBuf frame) {
        if (!answer.isCut()) {
            context.wire().toClient(frame.retainedSlice());
        }
    }
}
