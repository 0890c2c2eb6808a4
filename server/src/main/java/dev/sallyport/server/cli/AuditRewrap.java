package dev.sallyport.server.cli;

import dev.sallyport.core.audit.Rewrapping;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The end of a key's rotation. */
@Command(
        name = "rewrap",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Wrap the keys of all sessions in the audit log with the current key (audit.encryption.key), so that the"
                    + " former ones (audit.encryption.former) are not needed any more. No gateway may be writing the log."
                    + " No record is changed.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:the usage is at fault"},
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit rewrap --config /etc/sallyport")
final class AuditRewrap implements Callable<Integer> {
    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    private final PrintWriter out;

    AuditRewrap(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        out.println("keys wrapped anew: " + Rewrapping.run(directory.log()));
        out.flush();
        return 0;
    }
}
