package dev.sallyport.server.cli;

/** What was asked for cannot be done as it was asked: exit code 2, and no stack. */
final class UsageFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageFault(String message) {
        super(message);
    }
}
