package dev.sallyport.testkit.ports;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that cannot choose one themselves and tell it.
 *
 * <p>They lie below the range that Linux hands out by itself, from 32768 on. A port of that range that was free a
 * moment ago may be some other socket's by the time the server binds it.
 */
public final class Ports {
    private static final int FIRST = 10_000;
    private static final int BEHIND_LAST = 32_000;

    private Ports() {}

    /** Nobody listens there, on any of this machine's addresses. */
    public static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
            if (isFree(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket onAll = new ServerSocket(port)) {
            return onAll.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
