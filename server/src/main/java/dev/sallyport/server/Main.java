package dev.sallyport.server;

import dev.sallyport.server.cli.SallyportCommand;

/** Where the program begins. */
public final class Main {
    private Main() {}

    static void main(String[] args) {
        System.exit(SallyportCommand.commandLine().execute(args));
    }
}
