package dev.sallyport.server.gateway;

import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.server.config.Configuration;
import java.io.IOException;
import java.time.Clock;

/** The audit log of a gateway that does not run, to be written to by an operator's command. */
public final class StoppedLog {
    private StoppedLog() {}

    /** Opens it as the gateway would. */
    public static SegmentedAuditLog open(Configuration configuration) throws IOException {
        try {
            return Core.open(configuration.gateway().audit(), Clock.systemUTC());
        } catch (IOException failed) {
            throw new IOException(
                    failed.getMessage() + " (where its gateway runs, ask that: --url instead of --config)", failed);
        }
    }
}
