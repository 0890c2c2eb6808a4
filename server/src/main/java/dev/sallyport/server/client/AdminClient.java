package dev.sallyport.server.client;

import dev.sallyport.core.identity.TrustedCertificates;
import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** A client of the admin API (docs/admin-api.md), with the token of one person or bot. */
public final class AdminClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private final ObjectMapper json = JsonMapper.shared();
    private final URI base;
    private final Secret token;
    private final HttpClient http;

    /**
     * @param base the admin API's address, for example {@code https://gateway.internal:8443}
     * @param token the bearer token; lent for each request
     * @param caFile certificates (PEM) to trust instead of the JDK's own
     */
    public AdminClient(URI base, Secret token, Optional<Path> caFile) throws IOException {
        this.base = base;
        this.token = token;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1);
        if (caFile.isPresent()) {
            builder.sslContext(TrustedCertificates.context(caFile.get()));
        }
        this.http = builder.build();
    }

    /** {@code {"approvals": […]}}: those that the token's owner may see. */
    public JsonNode approvals() throws IOException {
        return send(request("/api/v1/approvals").GET().build());
    }

    /** One held command, with all that an approver should know. */
    public JsonNode approval(String id) throws IOException {
        return send(request("/api/v1/approvals/" + checked(id)).GET().build());
    }

    /** Says yes or no; the answer tells what became of the command. */
    public JsonNode vote(String id, boolean approve, String comment) throws IOException {
        String path = "/api/v1/approvals/" + checked(id) + (approve ? "/approve" : "/deny");
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.writeValueAsString(Map.of("comment", comment))))
                .build());
    }

    /** {@code {"sessions": […]}}: what is open now. */
    public JsonNode sessions() throws IOException {
        return send(request("/api/v1/sessions").GET().build());
    }

    /** Erases what is recorded of a closed session. */
    public JsonNode erase(String session, String reason) throws IOException {
        return order(session, "erasure", reason);
    }

    /** Keeps what is recorded of a session until it is released. */
    public JsonNode hold(String session, String reason) throws IOException {
        return order(session, "hold", reason);
    }

    /** Ends a hold. */
    public JsonNode release(String session, String reason) throws IOException {
        return order(session, "release", reason);
    }

    private JsonNode order(String session, String what, String reason) throws IOException {
        if (!ID.matcher(session).matches()) {
            throw new IOException("that is not a session's id (expected: letters and digits, as sessions list shows)");
        }
        return send(request("/api/v1/sessions/" + session + "/" + what)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.writeValueAsString(Map.of("reason", reason))))
                .build());
    }

    @Override
    public void close() {
        http.close();
    }

    private static String checked(String id) throws IOException {
        if (!ID.matcher(id).matches()) {
            throw new IOException(
                    "that is not an approval's id (expected: letters and digits, as approvals list shows)");
        }
        return id;
    }

    private HttpRequest.Builder request(String path) {
        String bearer = token.lend(utf8 -> "Bearer " + new String(utf8, StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .header("Authorization", bearer);
    }

    private JsonNode send(HttpRequest request) throws IOException {
        HttpResponse<String> response;
        try {
            response = http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + base, e);
        } catch (IOException e) {
            throw new IOException("cannot reach the admin API at " + base + ": " + why(e), e);
        }
        JsonNode body = parse(response);
        if (response.statusCode() / 100 != 2) {
            throw new AdminRefusedException(response.statusCode(), body);
        }
        return body;
    }

    /** What to do about it, where that can be told. */
    private String why(IOException failure) {
        if (isCausedBy(ConnectException.class, failure)) {
            return "nothing listens there";
        }
        if (isCausedBy(CertPathBuilderException.class, failure)) {
            return "its certificate is not trusted here (name its authority with --ca-file or SALLYPORT_CA_FILE)";
        }
        boolean plain = "http".equals(base.getScheme());
        return failure.getMessage() + (plain ? " (does it speak TLS? then it is https://)" : "");
    }

    private static boolean isCausedBy(Class<? extends Throwable> kind, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private JsonNode parse(HttpResponse<String> response) throws IOException {
        try {
            return json.readTree(response.body());
        } catch (JacksonException e) {
            throw new IOException(
                    "what answers at " + base + " (status " + response.statusCode() + ") is not the admin API", e);
        }
    }
}
