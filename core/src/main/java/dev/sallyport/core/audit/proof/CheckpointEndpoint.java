package dev.sallyport.core.audit.proof;

import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An HTTP endpoint that takes the note as the body of a POST, and answers with a status of 200 to 299. */
public final class CheckpointEndpoint implements CheckpointPlace {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final URI uri;
    private final Optional<Secret> token;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    /**
     * @param uri https, or http on this machine
     * @param token sent as a bearer token (RFC 6750)
     * @throws IllegalArgumentException where the address is neither
     */
    public CheckpointEndpoint(URI uri, Optional<Secret> token) {
        requireProtected(uri);
        this.uri = uri;
        this.token = token;
    }

    /** @throws IllegalArgumentException where a token and checkpoints would go over a network in the clear */
    public static void requireProtected(URI uri) {
        String host = uri.getHost();
        boolean loopback = host != null && (host.equals("localhost") || host.equals("[::1]") || isLoopback(host));
        if (host == null || !("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && loopback))) {
            throw new IllegalArgumentException("url: '" + uri + "' (expected: https, or http on this machine)");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException("url: has a user's name in it (expected: a token beside it)");
        }
    }

    private static boolean isLoopback(String host) {
        return host.matches("127(\\.\\d{1,3}){3}");
    }

    @Override
    public String name() {
        return uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
    }

    @Override
    public void put(SignedCheckpoint checkpoint) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Content-Type", "text/plain; charset=utf-8")
                .POST(BodyPublishers.ofByteArray(checkpoint.bytes()));
        token.ifPresent(secret -> request.header(
                "Authorization", secret.lend(utf8 -> "Bearer " + new String(utf8, StandardCharsets.UTF_8))));
        int status = send(request.build());
        if (status / 100 != 2) {
            throw new IOException("it answered with status " + status);
        }
    }

    /** The time is that of the whole exchange: a request's own timeout ends with the head of the answer. */
    private int send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, BodyHandlers.discarding());
        try {
            return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).statusCode();
        } catch (TimeoutException tooLong) {
            throw new IOException("no whole answer within " + TIMEOUT.toSeconds() + " s", tooLong);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        } finally {
            answer.cancel(true);
        }
    }
}
