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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The half of a session that faces the target: every message that went there is expected to be answered, in order, and
 * what comes is matched to the head of {@link UnderWay}, masked, recorded and passed on. What does not match ends the
 * session. What a command answers goes to {@link Results}, what answers nothing to {@link Asides}.
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

        /** Nothing is under way any more, or an answer that the client half may wait for has come. */
        void targetAdvanced();

        /** The target has answered with a ReadyForQuery. */
        void targetReady();

        /** The search path was read, or could not be. */
        void namesRead(@Nullable String path);

        /** A command is over. */
        void completed(Answer answer);

        /** The session cannot go on. */
        void fatal(ErrorFields error);
    }

    private final SessionContext context;
    private final UnderWay underWay;
    private final Listener listener;
    private final Results results;
    private final Asides asides;
    private @Nullable Answer waitsForRelease;
    private @Nullable Answer waitsForCancel;
    private @Nullable String path;

    TargetHalf(SessionContext context, UnderWay underWay, Listener listener) {
        this.context = context;
        this.underWay = underWay;
        this.listener = listener;
        this.results = new Results(context, underWay, listener);
        this.asides = new Asides(context, underWay, listener);
    }

    /**
     * Whether the next message may be read: the answer of a command is not released before its evidence is on disk, and
     * the rest of one that was cut off is left to the target until it has heard so. Where it says no,
     * {@link Wire#resumeTarget()} is called once it may.
     */
    boolean mayRead() {
        Answer head = underWay.headAnswer();
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
            listener.fatal(context.withheld());
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
        Answer head = underWay.headAnswer();
        if (head == null || !(head.passesRows() || head.isCut())) {
            return from;
        }
        boolean dropped = head.isCut();
        head.begun();
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
            case Tag.NOTICE_RESPONSE -> asides.notice(frame);
            case Tag.PARAMETER_STATUS -> asides.parameter(frame);
            case Tag.NOTIFICATION_RESPONSE -> asides.notification(frame);
            case Tag.ERROR_RESPONSE -> error(MessageReader.ofFrame(frame).errorFields());
            case Tag.READY_FOR_QUERY -> ready(frame);
            default -> answer(tag, frame);
        }
    }

    private void answer(byte tag, ByteBuf frame) {
        Expected head = underWay.head();
        switch (head) {
            case null -> throw ProtocolViolation.unexpected(tag);
            case Parsing(Prepared prepared) -> {
                require(tag, Tag.PARSE_COMPLETE);
                context.names().made(prepared);
                passAndPop(frame);
            }
            case Binding(Portal portal) -> {
                require(tag, Tag.BIND_COMPLETE);
                context.names().made(portal);
                passAndPop(frame);
            }
            case ClosingStatement(List<Prepared> doomed) -> {
                require(tag, Tag.CLOSE_COMPLETE);
                doomed.forEach(context.names()::gone);
                passAndPop(frame);
            }
            case ClosingPortal(List<Portal> doomed) -> {
                require(tag, Tag.CLOSE_COMPLETE);
                doomed.forEach(context.names()::gone);
                passAndPop(frame);
            }
            case DescribingStatement(Prepared prepared, boolean own) -> describedStatement(prepared, own, tag, frame);
            case DescribingPortal(Portal portal, boolean own) -> describedPortal(portal, own, tag, frame);
            case Executing executing -> {
                executing.answer().begun();
                results.message(executing.answer(), executing.portal(), tag, frame);
            }
            case Querying querying -> {
                querying.answer().begun();
                results.message(querying.answer(), null, tag, frame);
            }
            case ReadingNames names -> readNames(tag, frame);
            case Syncing syncing -> throw ProtocolViolation.unexpected(tag);
            case Refusing refusing -> throw ProtocolViolation.unexpected(tag);
        }
    }

    private void describedStatement(@Nullable Prepared prepared, boolean own, byte tag, ByteBuf frame) {
        switch (tag) {
            case Tag.PARAMETER_DESCRIPTION -> {
                if (prepared != null) {
                    prepared.parameters(oids(MessageReader.ofFrame(frame)));
                }
                pass(frame, own);
            }
            case Tag.ROW_DESCRIPTION, Tag.NO_DATA -> {
                if (prepared != null) {
                    prepared.described(columns(tag, frame));
                }
                pass(frame, own);
                headAnswered();
            }
            default -> throw ProtocolViolation.unexpected(tag);
        }
    }

    private void describedPortal(@Nullable Portal portal, boolean own, byte tag, ByteBuf frame) {
        if (tag != Tag.ROW_DESCRIPTION && tag != Tag.NO_DATA) {
            throw ProtocolViolation.unexpected(tag);
        }
        List<Field> fields = columns(tag, frame);
        if (portal != null) {
            portal.described(fields);
            if (portal.candidates().size() == 1) {
                portal.candidates().getFirst().described(fields);
            }
        }
        pass(frame, own);
        headAnswered();
    }

    private void error(ErrorFields fields) {
        underWay.copyEnded();
        Expected head = underWay.head();
        ErrorFields shown = context.said().scrub(fields, head);
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
        if (!head.endsGroup() && !underWay.skipToSync()) {
            listener.targetSkips();
        }
    }

    private void tell(ErrorFields shown) {
        context.wire().toClient(out -> out.error(shown));
    }

    private static void endHead(@Nullable Expected head, ErrorFields shown) {
        Answer answer = head == null ? null : head.answer();
        if (answer != null) {
            answer.end(answer.isCut() ? "cut" : "error", answer.isCut() ? List.of() : Errors.recorded(shown));
        }
    }

    private void ready(ByteBuf frame) {
        MessageReader body = MessageReader.ofFrame(frame);
        TransactionStatus now = TransactionStatus.of(body.int8());
        body.end();
        Expected head = underWay.head();
        underWay.ready(now);
        context.transactionStatus(now, underWay.isQuiet());
        switch (head) {
            case Syncing syncing -> context.wire().toClient(frame.retainedSlice());
            case Querying(Answer answer) -> {
                context.wire().toClient(frame.retainedSlice());
                answer.end("none", List.of());
                listener.completed(answer);
            }
            case Refusing refusing when refusing.simple() -> context.wire().toClient(frame.retainedSlice());
            case ReadingNames names -> listener.namesRead(path);
            case null, default -> throw ProtocolViolation.unexpected(Tag.READY_FOR_QUERY);
        }
        listener.targetReady();
    }

    private void readNames(byte tag, ByteBuf frame) {
        switch (tag) {
            case Tag.ROW_DESCRIPTION, Tag.COMMAND_COMPLETE -> {}
            case Tag.DATA_ROW -> {
                MessageReader body = MessageReader.ofFrame(frame);
                if (body.count(4) != 1) {
                    throw ProtocolViolation.unexpected(tag);
                }
                path = new String(body.bytes(body.int32()), StandardCharsets.UTF_8);
            }
            default -> throw ProtocolViolation.unexpected(tag);
        }
    }

    private void pass(ByteBuf frame, boolean swallowed) {
        if (!swallowed) {
            context.wire().toClient(frame.retainedSlice());
        }
    }

    private void passAndPop(ByteBuf frame) {
        context.wire().toClient(frame.retainedSlice());
        headAnswered();
    }

    /** Behind a Flush there may be nothing under way before a ReadyForQuery comes. */
    private void headAnswered() {
        underWay.headAnswered();
        if (underWay.isQuiet()) {
            listener.targetAdvanced();
        }
    }

    /** What a RowDescription says, or null for NoData. */
    private static @Nullable List<Field> columns(byte tag, ByteBuf frame) {
        return tag == Tag.NO_DATA ? null : MessageReader.ofFrame(frame).fields();
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

    private static void require(byte tag, byte wanted) {
        if (tag != wanted) {
            throw ProtocolViolation.unexpected(tag);
        }
    }
}
