package dev.sallyport.sql.postgres.parser;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.graalvm.polyglot.PolyglotException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One engine and the thread it lives on. The engine is made on first use and made anew after anything unexpected.
 *
 * <p>{@link #deadline} settles who ends a call: the thread, by taking it back to {@link #IDLE}, or {@link #cancelIfLate},
 * by making it {@link #CANCELLED}; only one of the two can. So a cancellation never hits the next text.
 */
final class ParserThread {

    private static final Logger LOG = LoggerFactory.getLogger(ParserThread.class);
    private static final long ORIGIN = System.nanoTime() - 1_000;
    private static final long IDLE = 0;
    private static final long CANCELLED = 1;
    private static final String EXHAUSTED = "memory exhausted at or near";

    private final Supplier<WasmParser> engines;
    private final ParserLimits limits;
    private final TreeReader trees;
    private final AtomicLong deadline = new AtomicLong(IDLE);
    private volatile @Nullable WasmParser engine;
    private volatile long readySince;

    ParserThread(Supplier<WasmParser> engines, ParserLimits limits) {
        this.engines = engines;
        this.limits = limits;
        this.trees = new TreeReader(limits);
    }

    /** Parses on the calling thread, which must be the only one to do so. Never throws. */
    ParseResult parse(SqlText text) {
        try {
            return answer(text, running());
        } catch (RuntimeException | Error e) {
            boolean cancelled = deadline.get() == CANCELLED;
            discard();
            return cancelled ? new Failed(Failure.TIMEOUT, "the statement takes too long to parse", -1) : failure(e);
        }
    }

    /**
     * How long a text that was handed in at {@code submitted} has waited for its turn, in nanoseconds. Starting an engine
     * is no part of that: on a busy machine it takes longer than any text may.
     */
    long waited(long submitted) {
        return engine == null ? 0 : now() - Math.max(submitted, readySince);
    }

    /** Nanoseconds since some moment, never as small as the marks of {@link #deadline}. */
    static long now() {
        return System.nanoTime() - ORIGIN;
    }

    /** Called now and then by the watch; waits until the cancelled call has ended. */
    void cancelIfLate(long now) {
        long until = deadline.get();
        WasmParser late = engine;
        if (until > CANCELLED && now > until && late != null && deadline.compareAndSet(until, CANCELLED)) {
            late.cancel();
        }
    }

    void discard() {
        WasmParser broken = engine;
        engine = null;
        deadline.set(IDLE);
        if (broken != null) {
            broken.close();
        }
    }

    private WasmParser running() {
        WasmParser running = engine;
        if (running == null) {
            running = engines.get();
            readySince = now();
            engine = running;
        }
        return running;
    }

    private ParseResult answer(SqlText text, WasmParser engine) {
        deadline.set(now() + limits.parseTimeout().toNanos());
        WasmParser.Answer answer = engine.parse(text.utf8(), limits.maxTreeBytes());
        if (deadline.getAndSet(IDLE) == CANCELLED) {
            discard();
        }
        return switch (answer) {
            case WasmParser.Answer.Tree(ByteBuffer json) -> trees.read(json, text);
            case WasmParser.Answer.TreeTooLarge() ->
                new Failed(Failure.TOO_LARGE, "the statement has too many parts", -1);
            case WasmParser.Answer.Rejected(String message, int codePoint) ->
                new Failed(
                        // What bison says when its stack of 10,000 entries is full.
                        message.startsWith(EXHAUSTED) ? Failure.TOO_DEEP : Failure.SYNTAX,
                        message,
                        text.charOfCodePoint(codePoint));
        };
    }

    private static Failed failure(Throwable thrown) {
        if (thrown instanceof PolyglotException e) {
            if (e.isHostException() && e.asHostException() instanceof EmscriptenHost.OutOfMemory) {
                return new Failed(Failure.TOO_LARGE, "the statement needs too much memory to parse", -1);
            }
            if ("call stack exhausted".equals(e.getMessage())) {
                return new Failed(Failure.TOO_DEEP, "the statement nests too deeply", -1);
            }
        }
        if (thrown instanceof WasmParser.StackOverrun) {
            return new Failed(Failure.TOO_DEEP, "the statement nests too deeply", -1);
        }
        LOG.error("event=sql_parser_failed", thrown);
        return new Failed(Failure.ENGINE, "the parser failed", -1);
    }
}
