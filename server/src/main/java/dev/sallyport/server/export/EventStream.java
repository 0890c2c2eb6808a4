package dev.sallyport.server.export;

import dev.sallyport.core.audit.LogFollower;
import dev.sallyport.core.audit.LogFollower.Step;
import dev.sallyport.core.audit.LogPlace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the log's events on to one sink, on a thread of its own that reads the log's files behind the writer: a sink that
 * is slow or down holds up nothing but its stream. Only what is synced is sent.
 *
 * <p>Each line is sent at least once. What the sink has made safe is noted in the place, a file beside the log, at most
 * once a second; after an error and after a restart the stream goes on from there, so lines may come twice. Their
 * {@code index} tells. No more than a batch is held in memory.
 */
final class EventStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int BATCH_BYTES = 256 << 10;

    /** After so long without an event, what came is sent. */
    private static final Duration LINGER = Duration.ofMillis(100);

    private static final Duration SYNC_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final String name;
    private final LogPlace log;
    private final LongSupplier safe;
    private final EventSink sink;
    private final Clock clock;
    private final Retry retry;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
    private @Nullable StreamPlace kept;
    private boolean unsynced;
    private long syncedNanos;
    private boolean placeFails;

    /**
     * Starts nothing yet.
     *
     * @param name names the stream's place and its lines in the gateway's log
     * @param log the log
     * @param safe up to which index the log is synced
     * @param firstRetry how long after a failure the sink is tried again; it doubles up to half a minute
     */
    EventStream(String name, LogPlace log, LongSupplier safe, EventSink sink, Clock clock, Duration firstRetry) {
        this.name = name;
        this.log = log;
        this.safe = safe;
        this.sink = sink;
        this.clock = clock;
        this.retry = new Retry(name, firstRetry, LONGEST_RETRY);
        this.thread = Thread.ofPlatform().name("stream-" + name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        do {
            try {
                deliver();
            } catch (IOException | RuntimeException failed) {
                await(retry.failed(failed));
            } catch (InterruptedException stop) {
                return;
            }
        } while (!isStopping());
    }

    private void deliver() throws IOException, InterruptedException {
        batch.reset();
        unsynced = false;
        syncedNanos = System.nanoTime();
        try (LogFollower follower = open()) {
            add(ExportLines.opened(follower.log(), follower.position(), clock.instant()));
            boolean more = true;
            while (more || !isStopping()) {
                Optional<Step> step = follower.next(isStopping() ? Duration.ZERO : LINGER);
                step.ifPresent(each -> add(ExportLines.of(each, clock.instant())));
                more = step.isPresent();
                if (!more || batch.size() >= BATCH_BYTES || isSyncDue()) {
                    send();
                }
                if (unsynced && (!more || isSyncDue())) {
                    sync(new StreamPlace(follower.log(), follower.position()));
                }
            }
        }
    }

    /** Goes on from where it got, if it is the same log; else begins with what there is. */
    private LogFollower open() throws IOException {
        LogFollower first = LogFollower.fromStart(log, safe);
        StreamPlace place = kept;
        if (place == null) {
            place = StreamPlace.load(StreamPlace.file(log.directory(), name)).orElse(null);
        }
        if (place == null || !place.log().equals(first.log())) {
            return first;
        }
        first.close();
        return LogFollower.from(log, place.next(), safe);
    }

    private void add(String line) {
        batch.writeBytes(line.getBytes(StandardCharsets.UTF_8));
        batch.write('\n');
    }

    private void send() throws IOException {
        if (batch.size() > 0) {
            ByteBuffer lines = ByteBuffer.wrap(batch.toByteArray());
            batch.reset();
            unsynced = true;
            sink.write(lines);
        }
    }

    private boolean isSyncDue() {
        return System.nanoTime() - syncedNanos >= SYNC_INTERVAL.toNanos();
    }

    private void sync(StreamPlace place) throws IOException {
        if (batch.size() > 0) {
            send();
        }
        sink.sync();
        unsynced = false;
        syncedNanos = System.nanoTime();
        kept = place;
        retry.succeeded(safe.getAsLong() - place.next());
        keep(place);
    }

    /** Where the place cannot be kept, the stream goes on: a restart then sends again what it need not. */
    private void keep(StreamPlace place) {
        try {
            place.save(StreamPlace.file(log.directory(), name));
            placeFails = false;
        } catch (IOException failed) {
            if (!placeFails) {
                LOG.atWarn()
                        .addKeyValue("stream", name)
                        .addKeyValue("cause", failed)
                        .log("place not kept");
            }
            placeFails = true;
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void await(Duration delay) {
        try {
            stopping.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            stopping.countDown();
        }
    }

    /** Lets it send what is there, for a few seconds; what is left then, it sends after the next start. */
    @Override
    public void close() throws IOException {
        stopping.countDown();
        try {
            if (!thread.join(Duration.ofSeconds(3))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            sink.close();
        }
    }
}
