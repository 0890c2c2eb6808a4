package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.wire.MessageWriter;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** The two channels of a session, as far as its state machines have to know. Confined to the session's event loop. */
interface Wire {
    /** Queues bytes to the client and takes ownership of them; they leave with the next flush. */
    void toClient(ByteBuf takenFrame);

    /** Queues messages that the gateway itself says to the client. */
    void toClient(Consumer<MessageWriter> messages);

    /** Queues bytes to the target and takes ownership of them; they leave with the next flush. */
    void toTarget(ByteBuf takenFrame);

    /** Reads on from the client, or stops: what it sends waits in its own buffers then. */
    void readClient(boolean wanted);

    void flushClient();

    void flushTarget();

    /** Reads the answers that were left lying while {@link TargetHalf#mayRead()} said no. */
    void resumeTarget();

    /** Asks the target to cancel what runs on this session's connection; {@code then} runs when it has been told. */
    void cancelTarget(Runnable then);

    /** The target's process that serves this session, as notifications name it; 0 where the target did not say. */
    int targetProcess();

    /** Runs {@code task} on the event loop after {@code delay}, unless the session has ended. */
    void later(Duration delay, Runnable task);

    /** The session's event loop. */
    Executor executor();

    /** Flushes what is queued to the client, then closes both channels and the session for {@code reason}. */
    void close(String reason);
}
