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
import java.io.IOException;
import java.util.List;
import java.util.Set;
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
    private volatile Configuration current;

    Revisions(Core core, PostgresSide postgres, Configuration first) {
        this.core = core;
        this.postgres = postgres;
        this.current = first;
        record(core.gate().revision(), first.digest(), true, "");
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
        if (!fixed(current.gateway()).equals(fixed(next.gateway()))) {
            LOG.warn("listeners, the admin API's address, the audit log, limits and the masking key of the Gateway"
                    + " document change only with a restart");
        }
    }

    /** What a running gateway cannot change. */
    private static List<Object> fixed(GatewaySettings settings) {
        return List.of(
                settings.listeners(),
                settings.audit(),
                settings.limits(),
                settings.maskingKey(),
                settings.admin()
                        .map(admin -> List.of(admin.address(), admin.tls().isPresent())));
    }

    private void record(long revision, String digest, boolean accepted, String detail) {
        core.audit().appendSynced(new RevisionLoaded(core.clock().instant(), revision, digest, accepted, detail));
    }
}
