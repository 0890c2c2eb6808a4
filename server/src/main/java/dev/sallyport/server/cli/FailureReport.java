package dev.sallyport.server.cli;

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
        String message = failure.getMessage();
        line.getErr().println("sallyport: " + (message == null ? failure.toString() : message));
        if (System.getenv("SALLYPORT_DEBUG") != null) {
            failure.printStackTrace(line.getErr());
        } else {
            line.getErr().println("  (SALLYPORT_DEBUG=1 shows where)");
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
