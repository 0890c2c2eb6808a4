package dev.sallyport.net;

import java.time.Duration;

/**
 * When the kernel asks a silent peer whether it is still there. {@code TCP_USER_TIMEOUT} is left alone on purpose: it
 * would also end a connection whose peer is alive and merely reads slowly (a zero window), which back-pressure makes an
 * ordinary state here.
 *
 * @param idle how long a connection is silent before the first probe, in whole seconds
 * @param interval the time between two probes, in whole seconds
 * @param probes how many unanswered probes end the connection
 */
public record KeepAlive(Duration idle, Duration interval, int probes) {
    /** A dead peer is noticed after two minutes; stateful firewalls commonly forget after five or more. */
    public static final KeepAlive DEFAULT = new KeepAlive(Duration.ofSeconds(60), Duration.ofSeconds(10), 6);

    public KeepAlive {
        if (idle.toSeconds() < 1 || idle.toSeconds() > 32767) {
            throw new IllegalArgumentException("idle: " + idle + " (expected: 1 to 32767 seconds)");
        }
        if (interval.toSeconds() < 1 || interval.toSeconds() > 32767) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: 1 to 32767 seconds)");
        }
        if (probes < 1 || probes > 127) {
            throw new IllegalArgumentException("probes: " + probes + " (expected: 1 to 127)");
        }
    }
}
