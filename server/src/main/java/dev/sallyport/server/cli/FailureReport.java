package dev.sallyport.server.cli;

import dev.sallyport.server.config.FileTrouble;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command threw into one line and an exit code; the stack is shown to who asks for it. */
final class FailureReport implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        if (failure instanceof UsageFault) {
            line.getErr().println("sallyport: " + failure.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (failure instanceof ConfigurationFault) {
            line.getErr().println(failure.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        line.getErr().println("sallyport: " + text(failure));
        if (System.getenv("SALLYPORT_DEBUG") != null) {
            failure.printStackTrace(line.getErr());
        } else if (!(failure instanceof IOException)) {
            // What went wrong outside is told in full; of what should not happen the stack says more.
            line.getErr().println("  (SALLYPORT_DEBUG=1 shows where)");
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String text(Exception failure) {
        if (failure instanceof IOException trouble) {
            return FileTrouble.of(trouble);
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
