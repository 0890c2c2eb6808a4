package dev.sallyport.server.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where one demo keeps everything: {@code conf/}, {@code tokens/}, {@code audit/}, {@code postgres/}. A directory of its
 * own making is gone when the demo ends; one that was asked for stays, without the database.
 */
final class DemoFiles implements AutoCloseable {
    private final Path root;
    private final boolean temporary;

    private DemoFiles(Path root, boolean temporary) {
        this.root = root;
        this.temporary = temporary;
    }

    /** @throws IllegalArgumentException when {@code asked} holds something already */
    static DemoFiles in(Optional<Path> asked) throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        if (asked.isEmpty()) {
            return new DemoFiles(Files.createTempDirectory("sallyport-demo-", ownerOnly), true);
        }
        Path root = asked.get().toAbsolutePath().normalize();
        if (!isFree(root)) {
            throw new IllegalArgumentException(root + " is not empty (expected: an empty directory, or none yet)");
        }
        Files.createDirectories(root, ownerOnly);
        return new DemoFiles(root, false);
    }

    /** Whether {@code directory} is empty, or not there yet. */
    static boolean isFree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return true;
        }
        try (var entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        }
    }

    Path root() {
        return root;
    }

    Path configuration() {
        return root.resolve("conf");
    }

    Path tls() {
        return configuration().resolve("tls");
    }

    Path audit() {
        return root.resolve("audit");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path token(String role) {
        return root.resolve("tokens").resolve(role);
    }

    void writeToken(String role, String token) throws IOException {
        Files.createDirectories(root.resolve("tokens"));
        PrivateFiles.write(token(role), token);
    }

    /** Ports that were free a moment ago, all different. */
    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket each : held) {
                each.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        PrivateFiles.deleteTree(temporary ? root : postgres());
    }
}
