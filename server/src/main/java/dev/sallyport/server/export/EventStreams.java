package dev.sallyport.server.export;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.config.GatewaySettings.Stream;
import dev.sallyport.server.config.GatewaySettings.StreamTo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** All streams of a gateway. */
public final class EventStreams implements AutoCloseable {
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    private final List<EventStream> streams;

    private EventStreams(List<EventStream> streams) {
        this.streams = streams;
    }

    /**
     * Starts them.
     *
     * @param log the log
     * @param safe up to which index the log is synced
     */
    public static EventStreams start(List<Stream> settings, LogPlace log, LongSupplier safe, Clock clock) {
        List<EventStream> streams = settings.stream()
                .map(each -> new EventStream(each.name(), log, safe, sink(each.to()), clock, FIRST_RETRY))
                .toList();
        streams.forEach(EventStream::start);
        return new EventStreams(streams);
    }

    private static EventSink sink(StreamTo to) {
        return switch (to) {
            case StreamTo.File(Path path) -> new FileSink(path);
            case StreamTo.StandardOutput() -> StandardOutputSink.open();
        };
    }

    @Override
    public void close() throws IOException {
        for (EventStream stream : streams) {
            stream.close();
        }
    }
}
