package dev.sallyport.server.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** What commands that read the log tell of what they could not read. */
final class LogTrouble {
    private LogTrouble() {}

    /**
     * The exit code: whoever counts on having seen everything has to be told where something may be missing.
     *
     * @param tail what stands unreadable at the log's end, where something does
     * @param damage what could not be read before
     */
    static int report(Optional<String> tail, List<String> damage, PrintWriter err) {
        tail.ifPresent(what -> err.println("sallyport: the log's end cannot be read (" + Printable.line(what)
                + "); a gateway may just be writing it, else audit verify says more"));
        damage.forEach(what -> err.println("sallyport: the log is damaged (" + Printable.line(what)
                + "); something may be missing here, audit verify says more"));
        return damage.isEmpty() ? 0 : 1;
    }
}
