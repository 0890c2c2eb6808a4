package dev.sallyport.server.cli;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.store.IndexKeyFile;
import dev.sallyport.server.store.Reindexing;
import dev.sallyport.server.store.SearchIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes the search index anew. */
@Command(
        name = "reindex",
        mixinStandardHelpOptions = true,
        description = {
            "Throw the search index away and make it anew from the whole log.",
            "",
            "A gateway may be running. Until it is done, searches find only what is in it already, and say up to where"
                    + " that is.",
        },
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit reindex --config /etc/sallyport")
final class ReindexCommand implements Callable<Integer> {
    private final PrintWriter out;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    ReindexCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogPlace log = directory.log();
        SearchIndex.Progress done = Reindexing.run(directory.store(), log, IndexKeyFile.make(log), this::tell);
        out.println("indexed " + done.records() + " records"
                + done.at().map(at -> ", up to " + at).orElse(""));
        out.flush();
        return 0;
    }

    private void tell(long records) {
        CommandSpec known = spec;
        if (known != null) {
            known.commandLine().getErr().println("sallyport: " + records + " records so far");
        }
    }
}
