package dev.sallyport.verify;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who may decide held commands, at the admin API. */
final class Approvers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI base;
    private final String token;
    private final HttpClient http;

    Approvers(URI base, String token, Path caFile) {
        this.base = base;
        this.token = token;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .sslContext(trusting(caFile))
                .build();
    }

    /** The held command whose text has {@code marker} in it, once there is one. */
    String await(String marker) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            for (JsonNode each : send("GET", "/api/v1/approvals").path("approvals")) {
                if (each.at("/command/text").asString("").contains(marker)) {
                    return each.path("id").asString();
                }
            }
            Pause.of(Duration.ofMillis(50));
        }
        throw new AssertionError("nothing is held with " + marker + " in it: " + send("GET", "/api/v1/approvals"));
    }

    boolean waits(String id) {
        for (JsonNode each : send("GET", "/api/v1/approvals").path("approvals")) {
            if (each.path("id").asString("").equals(id)) {
                return true;
            }
        }
        return false;
    }

    void approve(String id) {
        send("POST", "/api/v1/approvals/" + id + "/approve");
    }

    void deny(String id) {
        send("POST", "/api/v1/approvals/" + id + "/deny");
    }

    /** Approves whatever waits with {@code marker} in its text; how many that were, of which some may be gone by then. */
    int approveAll(String marker) throws IOException {
        int approved = 0;
        HttpResponse<String> waiting = exchange("GET", "/api/v1/approvals");
        if (waiting.statusCode() != 200) {
            return 0;
        }
        for (JsonNode each : JsonMapper.shared().readTree(waiting.body()).path("approvals")) {
            if (each.at("/command/text").asString("").contains(marker)) {
                exchange("POST", "/api/v1/approvals/" + each.path("id").asString() + "/approve");
                approved++;
            }
        }
        return approved;
    }

    private JsonNode send(String method, String path) {
        try {
            HttpResponse<String> response = exchange(method, path);
            if (response.statusCode() / 100 != 2) {
                throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
            }
            return JsonMapper.shared().readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    private HttpResponse<String> exchange(String method, String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        method.equals("GET")
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString("{\"comment\":\"seen\"}"))
                .build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext trusting(Path caFile) {
        try (InputStream in = Files.newInputStream(caFile)) {
            Certificate authority = CertificateFactory.getInstance("X.509").generateCertificate(in);
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
