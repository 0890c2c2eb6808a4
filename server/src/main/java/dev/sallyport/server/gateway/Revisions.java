package dev.sallyport.server.gateway;

import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.audit.AuditEvent.RevisionLoaded;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.policy.AdmissionResult;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.server.config.Configuration;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.config.Fault;
import dev.sallyport.server.config.GatewaySettings;
import dev.sallyport.server.config.GatewaySettings.Admin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a changed configuration while the gateway runs: issuers, targets, policies, certificates and admins count at once,
 * for open sessions and held commands too. One that cannot be taken changes nothing, and is on record.
 */
final class Revisions {
    private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);
    private static final int MAX_FAULTS_RECORDED = 20;

    private final Core core;
    private final PostgresSide postgres;
    /** What the gateway was started with, since not all of it changes while it runs. */
    private final GatewaySettings running;

    private final List<Renewal> renewals = new CopyOnWriteArrayList<>();
    private volatile Configuration current;
    private List<String> waitingForARestart = List.of();

    Revisions(Core core, PostgresSide postgres, Configuration first) {
        this.core = core;
        this.postgres = postgres;
        this.running = first.gateway();
        this.current = first;
        record(core.gate().revision(), first.digest(), true, "");
    }

    /** Takes up files that were renewed, where they changed. */
    @FunctionalInterface
    interface Renewal {
        void reload() throws IOException;
    }

    /** Has this done before a configuration is taken. */
    void renews(Renewal renewal) {
        renewals.add(renewal);
    }

    /** Who may see everything over the admin API, now. */
    Set<GroupName> admins() {
        return current.gateway().admin().map(GatewaySettings.Admin::groups).orElse(Set.of());
    }

    /** Called by the watcher, one change after the other. */
    void changed(Result result) {
        switch (result) {
            case Result.Faulty(List<Fault> faults) -> {
                faults.forEach(
                        fault -> LOG.atError().addKeyValue("fault", fault).log("configuration not taken"));
                String detail = faults.stream()
                        .limit(MAX_FAULTS_RECORDED)
                        .map(Fault::toString)
                        .collect(Collectors.joining("\n"));
                record(core.gate().revision(), "", false, detail);
            }
            case Result.Loaded loaded -> take(loaded.configuration());
        }
    }

    private void take(Configuration next) {
        try {
            for (Renewal each : renewals) {
                each.reload();
            }
            postgres.prepare(next);
            core.authenticator().replace(next.issuers());
        } catch (IOException | RuntimeException e) {
            LOG.atError().setCause(e).log("configuration not taken");
            record(core.gate().revision(), next.digest(), false, String.valueOf(e.getMessage()));
            return;
        }
        warnOfWhatNeedsARestart(next);
        current = next;
        long revision = core.gate().replace(next.policies());
        record(revision, next.digest(), true, "");
        core.approvals().redecide(this::decideAgain);
        postgres.revised();
        LOG.atInfo()
                .addKeyValue("revision", revision)
                .addKeyValue("digest", next.digest())
                .log("configuration taken");
    }

    /** As if it were asked for now: whoever is no longer admitted waits for nothing. */
    private Decision decideAgain(Pending pending) {
        return switch (core.gate()
                .admit(pending.request().identity(), pending.request().target())) {
            case AdmissionResult.Admitted(var admission) ->
                core.gate().decide(admission, pending.request().command());
            case AdmissionResult.Refused(String reason) ->
                new Decision.Deny(
                        Decision.Reason.ADMISSION,
                        "This identity is no longer admitted to this target.",
                        "The policy changed while the command waited.",
                        List.of(),
                        core.gate().revision());
        };
    }

    private void warnOfWhatNeedsARestart(Configuration next) {
        List<String> waiting = changed(running, next.gateway());
        if (!waiting.equals(waitingForARestart)) {
            LOG.atWarn()
                    .addKeyValue("keys", waiting.isEmpty() ? "none" : String.join(", ", waiting))
                    .log("waiting for a restart");
        }
        waitingForARestart = waiting;
    }

    /** The keys of the Gateway document that a running gateway cannot change, and that differ. */
    private static List<String> changed(GatewaySettings running, GatewaySettings next) {
        List<String> keys = new ArrayList<>();
        differ(keys, "listeners", running.listeners(), next.listeners());
        differ(
                keys,
                "admin.address",
                running.admin().map(Admin::address),
                next.admin().map(Admin::address));
        differ(
                keys,
                "admin.tls",
                running.admin().flatMap(Admin::tls),
                next.admin().flatMap(Admin::tls));
        differ(keys, "audit", running.audit(), next.audit());
        differ(keys, "limits", fixed(running.limits()), fixed(next.limits()));
        differ(keys, "masking", running.maskingKey(), next.maskingKey());
        differ(keys, "store", running.store(), next.store());
        return List.copyOf(keys);
    }

    /** How long a command is held inside a transaction goes by the policies' revision. */
    private static List<Object> fixed(GatewaySettings.Limits limits) {
        return List.of(
                limits.maxMessageBytes(),
                limits.maxRowBytes(),
                limits.authenticationTimeout(),
                limits.maxConnections(),
                limits.maxConnectionsPerAddress(),
                limits.drainTimeout(),
                limits.expiryGrace(),
                limits.maxHeld(),
                limits.maxHeldPerIdentity());
    }

    private static void differ(List<String> keys, String key, Object running, Object next) {
        if (!running.equals(next)) {
            keys.add(key);
        }
    }

    private void record(long revision, String digest, boolean accepted, String detail) {
        core.audit().appendSynced(new RevisionLoaded(core.clock().instant(), revision, digest, accepted, detail));
    }
}
