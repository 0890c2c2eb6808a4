package dev.sallyport.verify;

import dev.sallyport.testkit.ports.Ports;
import dev.sallyport.testkit.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** HAProxy and PgBouncer in front of the same target, with configurations that last as long as they do. */
final class Peers implements AutoCloseable {
    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    Peers(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        // PgBouncer does not run as root: it becomes nobody, who has to come this far.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** HAProxy in TCP mode: it passes on bytes, TLS included. */
    Door haproxy(Door target) throws IOException {
        int port = Ports.free();
        Path file = Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                  maxconn 500
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 10m
                  timeout server 10m
                listen postgres
                  bind 127.0.0.1:%d
                  server target 127.0.0.1:%d
                """.formatted(port, target.port()));
        start("haproxy", "haproxy", "-f", file.toString());
        return target.at(port);
    }

    /** PgBouncer in session mode; with TLS it ends it and begins it anew, as the gateway does. */
    Door pgbouncer(Door target, TestCertificates certificates) throws IOException {
        int port = Ports.free();
        Path users = readable("users.txt", "\"" + target.user() + "\" \"" + target.password() + "\"\n");
        StringBuilder text = new StringBuilder("""
                [databases]
                * = host=localhost port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = session
                default_pool_size = 100
                max_client_conn = 500
                ignore_startup_parameters = extra_float_digits
                """.formatted(target.port(), port, users));
        if (target.tls()) {
            TestCertificates.Pair pair = certificates.server("pgbouncer", "localhost", "127.0.0.1");
            text.append("client_tls_sslmode = require\nclient_tls_cert_file = ")
                    .append(readable("pgbouncer.crt", Files.readString(pair.chain())))
                    .append("\nclient_tls_key_file = ")
                    .append(readable("pgbouncer.key", Files.readString(pair.key())))
                    .append("\nserver_tls_sslmode = verify-full\nserver_tls_ca_file = ")
                    .append(readable("authority.crt", Files.readString(certificates.authority())))
                    .append('\n');
        }
        if (System.getProperty("user.name").equals("root")) {
            text.append("user = nobody\n");
        }
        start(
                "pgbouncer",
                "pgbouncer",
                readable("pgbouncer.ini", text.toString()).toString());
        return target.at(port);
    }

    private Path readable(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    private void start(String name, String... command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start());
    }

    @Override
    public void close() {
        for (Process each : processes) {
            each.destroy();
        }
        for (Process each : processes) {
            try {
                if (!each.waitFor(5, TimeUnit.SECONDS)) {
                    each.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                each.destroyForcibly();
            }
        }
    }
}
