package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.session.Refusal;
import dev.sallyport.protocols.postgres.session.Expected.Binding;
import dev.sallyport.protocols.postgres.session.Expected.ClosingPortal;
import dev.sallyport.protocols.postgres.session.Expected.ClosingStatement;
import dev.sallyport.protocols.postgres.session.Expected.DescribingPortal;
import dev.sallyport.protocols.postgres.session.Expected.DescribingStatement;
import dev.sallyport.protocols.postgres.session.Expected.Executing;
import dev.sallyport.protocols.postgres.session.Expected.Parsing;
import dev.sallyport.protocols.postgres.session.Expected.Querying;
import dev.sallyport.protocols.postgres.session.Expected.ReadingNames;
import dev.sallyport.protocols.postgres.session.Expected.Refusing;
import dev.sallyport.protocols.postgres.session.Expected.Syncing;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The half of a session that faces the target: every message that went there is expected to be answered, in order, and
 * what comes is matched to the head of that queue, masked, recorded and passed on. What does not match ends the session.
 *
 * <p>Errors follow section 54.2.3 "Extended Query" of PostgreSQL's documentation: an error in the extended protocol makes
 * the target skip to the next Sync, so everything up to it is taken off the queue; a simple query is answered by its
 * ReadyForQuery all the same.
 */
final class TargetHalf {
    /** What the other half has to hear. */
    interface Listener {
        /** The target failed a message of the extended protocol and skips, while no Sync is under way yet. */
        void targetSkips();

        /** The queue has become empty, or an answer that the client half may wait for has come. */
        void targetAdvanced();

        /** The search path was read, or could not be. */
        void namesRead(@Nullable String path);

        /** A command is over. */
        void completed(Answer answer);

        /** The session cannot go on. */
        void fatal(ErrorFields error);
    }

    private final SessionContext context;
    private final Listener listener;
    private final ArrayDeque<Expected> expected = new ArrayDeque<>();
    private TransactionStatus status = TransactionStatus.IDLE;
    private @Nullable Answer copyingIn;
    private @Nullable Answer waitsForRelease;
    private @Nullable Answer waitsForCancel;
    private @Nullable String path;
    private boolean limited;

    TargetHalf(SessionContext context, Listener listener) {
        this.context = context;
        this.listener = listener;
    }

    void expect(Expected message) {
        Answer answer = answerOf(message);
        limited = (limited && !expected.isEmpty()) || (answer != null && answer.isLimited());
        expected.add(message);
    }

    /**
     * Whether an earlier command is under way whose answer may have to be cut off. The cancel that does it must not hit
     * what is sent now.
     */
    boolean mayCancel() {
        return limited && !expected.isEmpty() && endsGroup(expected.peekLast());
    }

    /** Whether nothing is under way. */
    boolean isQuiet() {
        return expected.isEmpty();
    }

    TransactionStatus status() {
        return status;
    }

    /** Whether the target is reading a COPY from the client. */
    boolean isCopyingIn() {
        return copyingIn != null;
    }

    /** Counts and records what the client sends into a COPY. */
    void copyData(ByteBuf frame) {
        if (copyingIn != null) {
            copyingIn.copiedIn(frame);
        }
    }

    /** The client has ended its COPY; the target's word on it is still to come. */
    void copyEnded() {
        copyingIn = null;
    }

    /**
     * Whether the next message may be read: the answer of a command is not released before its evidence is on disk, and
     * the rest of one that was cut off is left to the target until it has heard so. Where it says no,
     * {@link Wire#resumeTarget()} is called once it may.
     */
    boolean mayRead() {
        Answer head = headAnswer();
        if (head != null && head.isCut() && context.isCancelling()) {
            if (waitsForCancel != head) {
                waitsForCancel = head;
                context.whenNotCancelling(context.wire()::resumeTarget);
            }
            return false;
        }
        if (head == null || head.run().mayRelease()) {
            return true;
        }
        if (waitsForRelease != head) {
            waitsForRelease = head;
            head.run().whenReleasable(synced -> context.wire().executor().execute(() -> released(synced)));
        }
        return head.run().mayRelease();
    }

    private void released(boolean synced) {
        if (!synced) {
            listener.fatal(Errors.unrecorded());
            return;
        }
        context.wire().resumeTarget();
    }

    /**
     * Passes on a run of DataRows that need no look at their values, or drops it behind a cut.
     *
     * @return the index behind the last row of the run; {@code from} where there is none
     */
    int passRows(ByteBuf in, int from, int maxBytes) {
        Answer head = headAnswer();
        if (head == null || !(head.passesRows() || head.isCut())) {
            return from;
        }
        boolean dropped = head.isCut();
        int index = from;
        while (in.writerIndex() - index >= Frames.HEADER_BYTES && in.getByte(index) == Tag.DATA_ROW) {
            int size = Frames.size(in, index, maxBytes);
            if (in.writerIndex() - index < size || !(dropped || head.passRow(in, index, size))) {
                break;
            }
            index += size;
        }
        if (index > from && !dropped) {
            context.wire().toClient(in.retainedSlice(from, index - from));
        }
        return index;
    }

    /** Takes one whole message, which stays the caller's. */
    void message(ByteBuf frame) {
        byte tag = frame.getByte(frame.readerIndex());
        switch (tag) {
            case Tag.NOTICE_RESPONSE -> notice(frame);
            case Tag.PARAMETER_STATUS -> parameter(frame);
            case Tag.NOTIFICATION_RESPONSE -> notification(frame);
            case Tag.ERROR_RESPONSE -> error(body(frame).errorFields());
            case Tag.READY_FOR_QUERY -> ready(frame);
            default -> answer(tag, frame);
        }
    }

    /** Ends every answer that is still due, since the connection is gone. */
    void lost() {
        for (Expected entry : expected) {
            Answer answer = answerOf(entry);
            if (answer != null) {
                answer.end("lost", List.of());
            }
        }
        expected.clear();
        copyingIn = null;
    }

    private void answer(byte tag, ByteBuf frame) {
        Expected head = expected.peek();
        switch (head) {
            case null -> throw unexpected(tag);
            case Parsing(Prepared prepared) -> {
                require(tag, Tag.PARSE_COMPLETE);
                context.prepared().made(prepared.name(), prepared);
                passAndPop(frame);
            }
            case Binding(Portal portal) -> {
                require(tag, Tag.BIND_COMPLETE);
                portal.bound();
                context.portals().made(portal.name(), portal);
                passAndPop(frame);
            }
            case ClosingStatement(String name, List<Prepared> doomed) -> {
                require(tag, Tag.CLOSE_COMPLETE);
                doomed.forEach(prepared -> context.prepared().gone(name, prepared));
                passAndPop(frame);
            }
            case ClosingPortal(String name, List<Portal> doomed) -> {
                require(tag, Tag.CLOSE_COMPLETE);
                doomed.forEach(portal -> context.portals().gone(name, portal));
                passAndPop(frame);
            }
            case DescribingStatement(Prepared prepared, boolean own) -> describedStatement(prepared, own, tag, frame);
            case DescribingPortal(Portal portal, boolean own) -> describedPortal(portal, own, tag, frame);
            case Executing executing -> result(executing.answer(), executing.portal(), tag, frame);
            case Querying querying -> result(querying.answer(), null, tag, frame);
            case ReadingNames names -> readNames(tag, frame);
            case Syncing syncing -> throw unexpected(tag);
            case Refusing refusing -> throw unexpected(tag);
        }
    }

    private void describedStatement(@Nullable Prepared prepared, boolean own, byte tag, ByteBuf frame) {
        switch (tag) {
            case Tag.PARAMETER_DESCRIPTION -> {
                if (prepared != null) {
                    prepared.parameters(oids(body(frame)));
                }
                pass(frame, own);
            }
            case Tag.ROW_DESCRIPTION, Tag.NO_DATA -> {
                if (prepared != null) {
                    prepared.described(tag == Tag.NO_DATA ? null : body(frame).fields());
                }
                pass(frame, own);
                expected.remove();
            }
            default -> throw unexpected(tag);
        }
    }

    private void describedPortal(@Nullable Portal portal, boolean own, byte tag, ByteBuf frame) {
        if (tag != Tag.ROW_DESCRIPTION && tag != Tag.NO_DATA) {
            throw unexpected(tag);
        }
        List<Field> fields = tag == Tag.NO_DATA ? null : body(frame).fields();
        if (portal != null) {
            portal.described(fields);
            if (portal.candidates().size() == 1) {
                portal.candidates().getFirst().described(fields);
            }
        }
        pass(frame, own);
        expected.remove();
    }

    private void result(Answer answer, @Nullable Portal portal, byte tag, ByteBuf frame) {
        boolean simple = expected.peek() instanceof Querying;
        switch (tag) {
            case Tag.ROW_DESCRIPTION -> {
                if (!simple) {
                    throw unexpected(tag);
                }
                answer.shape(body(frame).fields());
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
                copyingIn = answer;
                answer.copyIn();
                passUnlessCut(answer, frame);
                listener.targetAdvanced();
            }
            case Tag.COMMAND_COMPLETE, Tag.EMPTY_QUERY_RESPONSE, Tag.PORTAL_SUSPENDED ->
                complete(answer, tag, frame, simple);
            default -> throw unexpected(tag);
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

    private void complete(Answer answer, byte tag, ByteBuf frame, boolean simple) {
        String completion = switch (tag) {
            case Tag.COMMAND_COMPLETE -> body(frame).text();
            case Tag.PORTAL_SUSPENDED -> "suspended";
            default -> "empty";
        };
        // The client was told of an error, whatever the target says.
        String recorded = answer.isCut() ? "cut" : completion;
        copyingIn = null;
        if (answer.isCut() && answer.command().changes()) {
            listener.fatal(Errors.unknownOutcome());
            return;
        }
        passUnlessCut(answer, frame);
        answer.end(recorded, List.of());
        if (!simple) {
            expected.remove();
            if (answer.isCut() && !(expected.peek() instanceof Syncing || expected.isEmpty())) {
                // The client was told of an error here, so what it sent behind must not have run; but it does.
                listener.fatal(Errors.unknownOutcome());
                return;
            }
            listener.completed(answer);
        }
    }

    private void error(ErrorFields fields) {
        copyingIn = null;
        Expected head = expected.peek();
        ErrorFields shown = context.scrub(fields, head == null ? null : answerOf(head));
        if (fields.isFatal() || head == null) {
            endHead(head, shown);
            listener.fatal(shown);
            return;
        }
        switch (head) {
            case Refusing(Refusal refusal, boolean simple) ->
                context.wire().toClient(out -> out.error(Errors.of(refusal)));
            case ReadingNames names -> path = null;
            case Executing(Answer answer, Portal portal) when answer.isCut() -> {}
            case Querying(Answer answer) when answer.isCut() -> {}
            case Parsing p -> tell(shown);
            case Binding b -> tell(shown);
            case DescribingStatement d -> tell(shown);
            case DescribingPortal d -> tell(shown);
            case ClosingStatement c -> tell(shown);
            case ClosingPortal c -> tell(shown);
            case Executing e -> tell(shown);
            case Querying q -> tell(shown);
            case Syncing s -> tell(shown);
        }
        endHead(head, shown);
        if (!endsGroup(head)) {
            skipToSync();
        }
    }

    /** Whether a ReadyForQuery answers it, so that what fails before it has no bearing on what comes behind. */
    private static boolean endsGroup(Expected message) {
        return message instanceof Querying
                || message instanceof ReadingNames
                || message instanceof Syncing
                || (message instanceof Refusing refusing && refusing.simple());
    }

    private void tell(ErrorFields shown) {
        context.wire().toClient(out -> out.error(shown));
    }

    private static void endHead(@Nullable Expected head, ErrorFields shown) {
        Answer answer = head == null ? null : answerOf(head);
        if (answer != null) {
            answer.end(answer.isCut() ? "cut" : "error", answer.isCut() ? List.of() : Errors.recorded(shown));
        }
    }

    private void skipToSync() {
        while (!expected.isEmpty()) {
            Expected entry = expected.peek();
            if (entry instanceof Syncing) {
                return;
            }
            expected.remove();
            skipped(entry);
        }
        listener.targetSkips();
    }

    /** A message whose answer will not come, since the target skips it or it was never sent. */
    void skipped(Expected entry) {
        if (entry instanceof Parsing(Prepared prepared)) {
            context.prepared().gone(prepared.name(), prepared);
        } else if (entry instanceof Binding(Portal portal)) {
            context.portals().gone(portal.name(), portal);
        }
        Answer answer = answerOf(entry);
        if (answer != null) {
            answer.end("skipped", List.of());
        }
    }

    private void ready(ByteBuf frame) {
        MessageReader body = body(frame);
        TransactionStatus now = TransactionStatus.of(body.int8());
        body.end();
        Expected head = expected.poll();
        status = now;
        copyingIn = null;
        context.transactionStatus(now, expected.isEmpty());
        switch (head) {
            case Syncing syncing -> context.wire().toClient(frame.retainedSlice());
            case Querying(Answer answer) -> {
                context.wire().toClient(frame.retainedSlice());
                answer.end("none", List.of());
                listener.completed(answer);
            }
            case Refusing refusing when refusing.simple() -> context.wire().toClient(frame.retainedSlice());
            case ReadingNames names -> listener.namesRead(path);
            case null, default -> throw unexpected(Tag.READY_FOR_QUERY);
        }
        listener.targetAdvanced();
    }

    private void readNames(byte tag, ByteBuf frame) {
        switch (tag) {
            case Tag.ROW_DESCRIPTION, Tag.COMMAND_COMPLETE -> {}
            case Tag.DATA_ROW -> {
                MessageReader body = body(frame);
                if (body.count(4) != 1) {
                    throw unexpected(tag);
                }
                path = new String(body.bytes(body.int32()), StandardCharsets.UTF_8);
            }
            default -> throw unexpected(tag);
        }
    }

    private void notice(ByteBuf frame) {
        Answer answer = headAnswer();
        ErrorFields shown = context.scrub(body(frame).errorFields(), answer);
        context.wire().toClient(out -> out.notice(shown));
        if (answer != null) {
            answer.run().noticed("notice", Errors.recorded(shown));
        }
    }

    private void parameter(ByteBuf frame) {
        MessageReader body = body(frame);
        String name = body.text();
        String value = body.text();
        body.end();
        if (!context.tolerates(name, value)) {
            listener.fatal(Errors.unsafeParameter(name));
            return;
        }
        context.wire().toClient(frame.retainedSlice());
    }

    private void notification(ByteBuf frame) {
        MessageReader body = body(frame);
        int process = body.int32();
        String channel = body.text();
        String payload = context.scrubText(body.text());
        body.end();
        context.wire()
                .toClient(out -> out.begin(Tag.NOTIFICATION_RESPONSE)
                        .int32(process)
                        .text(channel)
                        .text(payload)
                        .end());
        context.session().noticed("notification", List.of("channel=" + channel, "payload=" + payload));
    }

    private void pass(ByteBuf frame, boolean swallowed) {
        if (!swallowed) {
            context.wire().toClient(frame.retainedSlice());
        }
    }

    private void passAndPop(ByteBuf frame) {
        context.wire().toClient(frame.retainedSlice());
        expected.remove();
    }

    private void passUnlessCut(Answer answer, ByteBuf frame) {
        pass(frame, answer.isCut());
    }

    private @Nullable Answer headAnswer() {
        Expected head = expected.peek();
        return head == null ? null : answerOf(head);
    }

    private static @Nullable Answer answerOf(Expected entry) {
        return switch (entry) {
            case Executing(Answer answer, Portal portal) -> answer;
            case Querying(Answer answer) -> answer;
            case Parsing p -> null;
            case Binding b -> null;
            case DescribingStatement d -> null;
            case DescribingPortal d -> null;
            case ClosingStatement c -> null;
            case ClosingPortal c -> null;
            case Syncing s -> null;
            case Refusing r -> null;
            case ReadingNames n -> null;
        };
    }

    private static List<Integer> oids(MessageReader body) {
        int count = body.count(4);
        List<Integer> oids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            oids.add(body.int32());
        }
        body.end();
        return oids;
    }

    private static MessageReader body(ByteBuf frame) {
        return new MessageReader(
                frame.slice(frame.readerIndex() + Frames.HEADER_BYTES, frame.readableBytes() - Frames.HEADER_BYTES));
    }

    private static void require(byte tag, byte wanted) {
        if (tag != wanted) {
            throw unexpected(tag);
        }
    }

    private static ProtocolViolation unexpected(byte tag) {
        return new ProtocolViolation("message: the type '" + (char) (tag & 0xff) + "' is not expected here");
    }
}
