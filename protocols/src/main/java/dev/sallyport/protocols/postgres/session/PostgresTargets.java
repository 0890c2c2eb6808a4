package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.net.Dialer;
import dev.sallyport.net.Transport;
import dev.sallyport.protocols.postgres.target.Catalogues;
import dev.sallyport.protocols.postgres.target.TargetConnector;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The ways to all configured targets of the protocol. A target whose settings stay the same keeps its connections'
 * budget and its catalogue through a change of the configuration. Safe to call from any thread.
 */
public final class PostgresTargets implements AutoCloseable {
    private static final Duration CATALOGUE_POLL = Duration.ofSeconds(30);

    private final Transport transport;
    private final Dialer dialer;
    private final InstantSource clock;
    private final Consumer<Catalogue> learner;
    private volatile Map<TargetName, Way> ways = Map.of();

    /** @param learner see {@link Catalogues} */
    public PostgresTargets(Transport transport, Dialer dialer, InstantSource clock, Consumer<Catalogue> learner) {
        this.learner = learner;
        this.transport = transport;
        this.dialer = dialer;
        this.clock = clock;
    }

    private record Way(Target target, ReachedTarget reached) {}

    /**
     * Has these targets from here on, and no others. Reads their certificates, so it blocks.
     *
     * @throws IOException when a target's files cannot be read or used; nothing changes then
     */
    public synchronized void replace(Collection<Target> targets) throws IOException {
        Map<TargetName, Way> next = new HashMap<>();
        for (Target target : targets) {
            Way known = ways.get(target.name());
            next.put(target.name(), known != null && known.target().equals(target) ? known : open(target));
        }
        Map<TargetName, Way> before = ways;
        ways = Map.copyOf(next);
        before.forEach((name, way) -> {
            if (!way.equals(next.get(name))) {
                way.reached().catalogues().close();
            }
        });
    }

    /** The way to a target; empty where there is none of this name any more, or it is another one by now. */
    public Optional<ReachedTarget> reach(Target target) {
        return Optional.ofNullable(ways.get(target.name()))
                .filter(way -> way.target().equals(target))
                .map(Way::reached);
    }

    @Override
    public synchronized void close() {
        ways.values().forEach(way -> way.reached().catalogues().close());
        ways = Map.of();
    }

    private Way open(Target target) throws IOException {
        TargetConnector connector = TargetConnector.to(target, dialer);
        return new Way(
                target,
                new ReachedTarget(connector, new Catalogues(connector, transport, CATALOGUE_POLL, clock, learner)));
    }
}
