package dev.sallyport.server.gateway;

import dev.sallyport.core.approval.ApprovalLimits;
import dev.sallyport.core.approval.Approvals;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.audit.AuditLogOptions;
import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.SessionOrders;
import dev.sallyport.core.audit.proof.CheckpointEndpoint;
import dev.sallyport.core.audit.proof.CheckpointFile;
import dev.sallyport.core.audit.proof.CheckpointPlace;
import dev.sallyport.core.audit.proof.CheckpointPublisher;
import dev.sallyport.core.audit.proof.SigningKey;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.identity.Authenticator;
import dev.sallyport.core.identity.KeyFetcher;
import dev.sallyport.core.masking.Masker;
import dev.sallyport.core.policy.Gate;
import dev.sallyport.core.session.Redactor;
import dev.sallyport.core.session.Sessions;
import dev.sallyport.core.target.Secret;
import dev.sallyport.server.config.Configuration;
import dev.sallyport.server.config.GatewaySettings;
import dev.sallyport.server.export.EventStreams;
import dev.sallyport.server.store.IndexFollower;
import dev.sallyport.server.store.IndexKeyFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every protocol shares.
 *
 * @param audit where evidence goes
 * @param orders takes what is to be done with what is recorded of sessions
 * @param published brings its checkpoints to places outside
 * @param index keeps the search index up with the log
 * @param authenticator door one
 * @param gate who may do what
 * @param approvals what waits for a person
 * @param sessions what is open
 * @param clock the time
 * @param timer for what has to happen later; what it runs must be short
 * @param blocking for what may block, one virtual thread each
 */
record Core(
        AuditLog audit,
        SessionOrders orders,
        CheckpointPublisher published,
        IndexFollower index,
        Authenticator authenticator,
        Gate gate,
        Approvals approvals,
        Sessions sessions,
        Clock clock,
        ScheduledExecutorService timer,
        Executor blocking) {
    private static final Logger LOG = LoggerFactory.getLogger(Core.class);
    private static final int HASH_KEY_BYTES = 32;

    /** Makes them; the audit log first, since nothing may happen that is not on record. */
    static Core of(Configuration configuration, UnaryOperator<AuditLog> recording, Ending ending) throws IOException {
        Clock clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        GatewaySettings settings = configuration.gateway();
        LogPlace place = place(settings.audit());
        CheckpointPublisher published =
                ending.later("published checkpoints", publisher(settings.audit().proofs()));
        AuditLogOptions options = options(settings.audit()).withPublished(published);
        SegmentedAuditLog audit = ending.later("audit log", SegmentedAuditLog.open(place, options, clock));
        IndexFollower index = ending.later(
                "search index",
                IndexFollower.start(settings.store(), place, () -> IndexKeyFile.make(place), audit::syncedRecords));
        ending.later("streams", EventStreams.start(settings.audit().streams(), place, audit::syncedRecords, clock));
        AuditLog recorded = recording.apply(audit);
        ScheduledExecutorService timer = newTimer();
        ending.later("timer", timer::shutdownNow);
        RetentionTask.start(audit.custody()::retain, settings.audit().retention(), timer, RetentionTask.INTERVAL);
        Authenticator authenticator =
                ending.later("authenticator", new Authenticator(configuration.issuers(), KeyFetcher.standard(), clock));
        Gate gate = new Gate(configuration.policies());
        GatewaySettings.Limits limits = settings.limits();
        Approvals approvals = new Approvals(
                new ApprovalLimits(limits.maxHeld(), limits.maxHeldPerIdentity(), ApprovalLimits.DEFAULT.grantLife()),
                recorded,
                clock,
                random,
                timer);
        Redactor redactor = new Redactor(new Masker(settings.maskingKey().orElseGet(() -> newKey(random))));
        Sessions sessions =
                new Sessions(gate, authenticator::stillTrusts, recorded, approvals, redactor, clock, random);
        return new Core(
                recorded,
                audit.custody(),
                published,
                index,
                authenticator,
                gate,
                approvals,
                sessions,
                clock,
                timer,
                Thread::startVirtualThread);
    }

    /** What is cancelled it forgets: a command that was held must not stay in memory until its time would have come. */
    private static ScheduledExecutorService newTimer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("timer").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** The log alone. */
    static SegmentedAuditLog open(GatewaySettings.Audit settings, Clock clock) throws IOException {
        return SegmentedAuditLog.open(place(settings), options(settings), clock);
    }

    private static LogPlace place(GatewaySettings.Audit settings) throws IOException {
        Path directory = settings.directory();
        if (settings.keys().isPresent()) {
            return new LogPlace(directory, settings.keys().get());
        }
        LOG.warn(
                "audit encryption=key-beside-log file={} hint=\"whoever can read the log can read its key; give one with"
                        + " audit.encryption\"",
                directory.resolve(LocalKey.FILE_NAME));
        return new LogPlace(directory, KeyRing.of(LocalKey.inDirectory(directory), List.of()));
    }

    private static AuditLogOptions options(GatewaySettings.Audit settings) {
        AuditLogOptions defaults = AuditLogOptions.DEFAULT;
        return new AuditLogOptions(
                        settings.segmentBytes(),
                        defaults.roomBytes(),
                        defaults.pendingBytes(),
                        defaults.syncInterval(),
                        defaults.checkpointInterval(),
                        defaults.retryDelay())
                .withSigner(settings.proofs().signingKey().map(SigningKey::parse));
    }

    private static CheckpointPublisher publisher(GatewaySettings.Proofs settings) {
        List<CheckpointPlace> places = new ArrayList<>();
        for (GatewaySettings.Place place : settings.places()) {
            places.add(
                    switch (place) {
                        case GatewaySettings.Place.File(Path path) -> new CheckpointFile(path);
                        case GatewaySettings.Place.Endpoint(URI uri, Optional<Secret> token) ->
                            new CheckpointEndpoint(uri, token);
                    });
        }
        return CheckpointPublisher.start(places, CheckpointPublisher.Timing.DEFAULT);
    }

    /** Hashes then stay comparable for as long as this gateway runs. */
    private static Secret newKey(SecureRandom random) {
        byte[] key = new byte[HASH_KEY_BYTES];
        random.nextBytes(key);
        return Secret.ofUtf8(key);
    }
}
