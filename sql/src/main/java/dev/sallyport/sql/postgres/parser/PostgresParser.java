package dev.sallyport.sql.postgres.parser;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;

/**
 * PostgreSQL 18's raw parser: what the server's own lexer and grammar make of a text, or the reason why they make
 * nothing of it.
 *
 * <p><b>What it assumes of the session.</b> {@code standard_conforming_strings = on} and {@code backslash_quote =
 * safe_encoding}, the server's defaults, and a client encoding of UTF-8. In a session where these differ, a text can
 * split into other statements than it does here, so a session must refuse to change them
 * (<a href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS">PostgreSQL, 4.1.2.1</a>).
 *
 * <p><b>How it works.</b> libpg_query runs as WebAssembly on GraalWasm. Each engine has a platform thread of its own:
 * an engine is used by one thread at a time, recursion over a deep tree needs a stack of a known size, and the engine
 * would pin the carrier of a virtual thread. Texts wait in a bounded queue. A watch ends a call that takes too long. An
 * engine that was ended, ran out of memory or stack, or failed in any other way is replaced by a fresh one; nothing of
 * it is used again.
 *
 * <p>Safe for any number of threads. The answer depends on the text alone, so callers may cache it.
 */
public final class PostgresParser implements AutoCloseable {

    /**
     * Far less than the module's own 32 MiB, and one level of recursion takes more of this one than of that one. So
     * this stack ends first, with an exception, where an overrun of the other would silently overwrite data.
     */
    private static final long STACK_BYTES = 8L << 20;

    private static final long LINGER_NANOS = 50_000;

    private record Job(String sql, CompletableFuture<ParseResult> result, long submitted) {}

    private final ParserLimits limits;
    private final BlockingQueue<Job> queue;
    private final Engine compiledCode;
    private final List<ParserThread> parsers;
    private final List<Thread> threads;
    private final Thread watch;
    private volatile boolean closed;

    /** With {@link ParserLimits#standard()}. */
    public PostgresParser() {
        this(ParserLimits.standard());
    }

    /** Returns at once; the engines start on their own threads, each when the first text comes to it. */
    public PostgresParser(ParserLimits limits) {
        this.limits = limits;
        Source module = LibpgQuery.source();
        queue = new ArrayBlockingQueue<>(limits.maxWaiting());
        compiledCode = Compilation.engine();
        parsers = IntStream.range(0, limits.engines())
                .mapToObj(i -> new ParserThread(() -> new WasmParser(compiledCode, module), limits))
                .toList();
        threads = parsers.stream()
                .map(parser -> Thread.ofPlatform()
                        .name("sql-parser-" + parsers.indexOf(parser))
                        .daemon()
                        .stackSize(STACK_BYTES)
                        .start(() -> run(parser)))
                .toList();
        watch = Thread.ofPlatform().name("sql-parser-watch").daemon().start(this::watch);
    }

    /** Parses, and waits for the answer: for a virtual thread or one of a pool, never for an event loop. */
    public ParseResult parse(String sql) {
        return parseAsync(sql).join();
    }

    /**
     * Parses on a thread of the parser. The future always completes, and never exceptionally. What hangs on it without
     * an executor of its own runs on the parser's thread and keeps others waiting.
     */
    public CompletableFuture<ParseResult> parseAsync(String sql) {
        // A char takes at least one byte, so this needs no copy.
        if (sql.length() > limits.maxTextBytes()) {
            return CompletableFuture.completedFuture(textTooLarge());
        }
        Job job = new Job(sql, new CompletableFuture<>(), ParserThread.now());
        if (closed) {
            return CompletableFuture.completedFuture(closedFailure());
        }
        if (!queue.offer(job)) {
            return CompletableFuture.completedFuture(
                    new Failed(Failure.BUSY, "too many statements wait for the parser", -1));
        }
        if (closed && queue.remove(job)) {
            job.result.complete(closedFailure());
        }
        return job.result;
    }

    /**
     * Parses typical statements in the background, so that the compiler has done its work before the first client
     * comes. Clients that come earlier share the engines with it.
     *
     * @return completes when the time is over or the parser closed
     */
    public CompletableFuture<Void> warmUp(Duration time) {
        long end = ParserThread.now() + time.toNanos();
        // One text at a time for each engine, so that a client waits for no more than that.
        return CompletableFuture.allOf(IntStream.range(0, limits.engines())
                .mapToObj(i -> CompletableFuture.runAsync(() -> parseUntil(end), Thread::startVirtualThread))
                .toArray(CompletableFuture<?>[]::new));
    }

    private void parseUntil(long end) {
        for (int i = 0; !closed && ParserThread.now() < end; i++) {
            parse(WarmUp.STATEMENTS.get(i % WarmUp.STATEMENTS.size()));
        }
    }

    /** Whether the module is compiled to machine code. If not it is interpreted, and forty times slower. */
    public boolean compiles() {
        return Compilation.isOn(compiledCode);
    }

    /** Ends the engines; texts that still wait fail. Returns when all threads have ended. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        failWaiting();
        threads.forEach(PostgresParser::join);
        watch.interrupt();
        join(watch);
        compiledCode.close(true);
    }

    private void run(ParserThread parser) {
        try {
            while (!closed) {
                Job job = next();
                job.result.complete(answer(job, parser));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            parser.discard();
            failWaiting();
        }
    }

    /** Texts that are new come in bursts, and to wake a thread takes as long as to parse one. */
    private Job next() throws InterruptedException {
        long end = System.nanoTime() + LINGER_NANOS;
        do {
            Job job = queue.poll();
            if (job != null) {
                return job;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() < end);
        return queue.take();
    }

    private ParseResult answer(Job job, ParserThread parser) {
        // Whoever waited as long as parsing may take is likelier to have gone than to be served by waiting longer.
        if (parser.waited(job.submitted) > limits.parseTimeout().toNanos()) {
            return new Failed(Failure.BUSY, "the parser was busy for too long", -1);
        }
        int unsendable = SqlText.unsendable(job.sql);
        if (unsendable >= 0) {
            return new Failed(Failure.SYNTAX, "a NUL or half of a surrogate pair", unsendable);
        }
        SqlText text = new SqlText(job.sql);
        return text.utf8().length > limits.maxTextBytes() ? textTooLarge() : parser.parse(text);
    }

    private void watch() {
        long pauseMillis = Math.clamp(limits.parseTimeout().toMillis() / 8, 1, 250);
        try {
            while (true) {
                Thread.sleep(pauseMillis);
                parsers.forEach(parser -> parser.cancelIfLate(ParserThread.now()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void failWaiting() {
        for (Job job = queue.poll(); job != null; job = queue.poll()) {
            job.result.complete(closedFailure());
        }
    }

    private ParseResult textTooLarge() {
        return new Failed(
                Failure.TOO_LARGE, "the statement is longer than %d bytes".formatted(limits.maxTextBytes()), -1);
    }

    private static ParseResult closedFailure() {
        return new Failed(Failure.ENGINE, "the parser is closed", -1);
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
