package dev.sallyport.server.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells scripts that everything is up, and how to reach it. It holds tokens and a password, so only its owner may read
 * it; it appears whole or not at all.
 *
 * @param postgresPort where the gateway takes PostgreSQL clients, on localhost
 * @param admin the admin API
 * @param tokens a token for each role
 * @param directPort where the database itself listens, on localhost
 * @param directPassword the password of the database's own user
 * @param files where the demo keeps everything
 */
record ReadyFile(
        int postgresPort,
        URI admin,
        Map<String, String> tokens,
        int directPort,
        String directPassword,
        DemoFiles files) {
    private static final String HOST = "localhost";

    String json() {
        Map<String, Object> postgres = new LinkedHashMap<>();
        postgres.put("host", HOST);
        postgres.put("port", postgresPort);
        Map<String, Object> gateway = new LinkedHashMap<>();
        gateway.put("postgres", postgres);
        gateway.put("admin", admin.toString());
        Map<String, Object> direct = new LinkedHashMap<>();
        direct.put("host", HOST);
        direct.put("port", directPort);
        direct.put("database", DemoPostgres.DATABASE);
        direct.put("username", DemoPostgres.USER);
        direct.put("password", directPassword);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("gateway", gateway);
        all.put("target", "shop");
        all.put("tokens", tokens);
        all.put("direct", direct);
        all.put("caFile", files.tls().resolve("ca.pem").toString());
        all.put("configDir", files.configuration().toString());
        all.put("auditDir", files.audit().toString());
        all.put("pid", ProcessHandle.current().pid());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all);
    }

    /** Takes away what an earlier demo wrote: whoever waits for the file must not find that. */
    static void clear(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory");
        }
        Files.deleteIfExists(file);
    }

    void write(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path directory = target.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        PrivateFiles.write(target, json() + "\n");
    }
}
