package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.session.Expected.Binding;
import dev.sallyport.protocols.postgres.session.Expected.Executing;
import dev.sallyport.protocols.postgres.session.Expected.Parsing;
import dev.sallyport.protocols.postgres.session.Expected.Syncing;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is under way at the target, which is all that one half of a session has to know of the other: the messages that it
 * has not answered yet, in the order in which it answers, whether it reads a COPY, and where its transaction stands. The
 * client half adds to it, the target half takes away.
 */
final class UnderWay {
    private final SessionContext context;
    private final ArrayDeque<Expected> queue = new ArrayDeque<>();
    /** Whether there may be an answer in the queue that limits cut off. */
    private boolean limited;
    /** Whether something was executed whose Sync is yet to come. */
    private boolean executed;

    private @Nullable Answer copyingIn;
    private TransactionStatus status = TransactionStatus.IDLE;

    UnderWay(SessionContext context) {
        this.context = context;
    }

    /** {@code message} goes to the target, and has to be answered. */
    void expect(Expected message) {
        Answer answer = message.answer();
        limited = (limited && !queue.isEmpty()) || (answer != null && answer.isLimited());
        executed = !message.endsGroup() && (executed || message instanceof Executing);
        queue.add(message);
    }

    /** Whether nothing is under way. */
    boolean isQuiet() {
        return queue.isEmpty();
    }

    /** As of the last ReadyForQuery. */
    TransactionStatus status() {
        return status;
    }

    /** Whether a transaction is open, be it one that lasts to the next Sync only: locks are kept either way. */
    boolean isInTransaction() {
        return executed || status != TransactionStatus.IDLE;
    }

    /** Whether what was executed hangs on a Sync that is yet to come. */
    boolean waitsForSync() {
        return executed;
    }

    /** What is answered now; null where nothing is under way. */
    @Nullable
    Expected head() {
        return queue.peek();
    }

    /** The answer that comes now; null where it is not a command's. */
    @Nullable
    Answer headAnswer() {
        Expected head = queue.peek();
        return head == null ? null : head.answer();
    }

    /** The head is answered in full. */
    void headAnswered() {
        queue.poll();
    }

    /**
     * Whether an earlier command is under way whose answer may have to be cut off. The cancel that does it must not hit
     * what is sent now.
     */
    boolean mayCancel() {
        return limited && !queue.isEmpty() && queue.peekLast().endsGroup();
    }

    /**
     * The target has failed the head and skips.
     *
     * @return whether it has a Sync to skip to
     */
    boolean skipToSync() {
        while (!queue.isEmpty()) {
            Expected entry = queue.peek();
            if (entry instanceof Syncing) {
                return true;
            }
            queue.remove();
            skipped(entry);
        }
        return false;
    }

    /** A message whose answer will not come, since the target skips it or it was never sent. */
    void skipped(Expected entry) {
        if (entry instanceof Parsing(Prepared prepared)) {
            context.names().gone(prepared);
        } else if (entry instanceof Binding(Portal portal)) {
            context.names().gone(portal);
        }
        Answer answer = entry.answer();
        if (answer != null) {
            answer.end("skipped", List.of());
        }
    }

    /** The target has answered the head with a ReadyForQuery. */
    void ready(TransactionStatus now) {
        queue.poll();
        status = now;
        copyingIn = null;
    }

    /** Ends every answer that is still due, since the connection is gone. */
    void lost() {
        copyingIn = null;
        for (Expected entry : queue) {
            Answer answer = entry.answer();
            if (answer != null) {
                answer.end("lost", List.of());
            }
        }
        queue.clear();
    }

    // ---- COPY from the client -----------------------------------------------------------------------------------

    /** The target has begun to read a COPY from the client. */
    void copyBegun(Answer answer) {
        copyingIn = answer;
        answer.copyIn();
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

    /** The client has ended its COPY, and the target's word on it is still to come; or the target reads no further. */
    void copyEnded() {
        copyingIn = null;
    }
}
