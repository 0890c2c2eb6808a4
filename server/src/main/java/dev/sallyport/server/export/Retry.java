package dev.sallyport.server.export;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When a stream that failed is tried again, and what the gateway's log is told of it. Used by the stream's thread. */
final class Retry {
    private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

    /** Of so many failures in a row, one is logged. */
    private static final int TOLD = 20;

    private final String stream;
    private final Duration first;
    private final Duration longest;
    private Duration delay;
    private long failures;

    Retry(String stream, Duration first, Duration longest) {
        this.stream = stream;
        this.first = first;
        this.longest = longest;
        this.delay = first;
    }

    /** How long to wait now. */
    Duration failed(Exception cause) {
        Duration now = delay;
        Duration doubled = now.multipliedBy(2);
        delay = doubled.compareTo(longest) > 0 ? longest : doubled;
        if (failures++ % TOLD == 0) {
            LOG.atWarn()
                    .addKeyValue("stream", stream)
                    .addKeyValue("failures", failures)
                    .addKeyValue("cause", cause)
                    .log("stream fails, and is tried again");
        }
        return now;
    }

    /** It works, with so many records that are yet to be sent. */
    void succeeded(long behind) {
        delay = first;
        if (failures > 0) {
            LOG.atInfo()
                    .addKeyValue("stream", stream)
                    .addKeyValue("failures", failures)
                    .addKeyValue("behind", behind)
                    .log("stream goes on");
        }
        failures = 0;
    }
}
