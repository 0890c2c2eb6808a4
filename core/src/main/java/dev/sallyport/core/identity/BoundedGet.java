package dev.sallyport.core.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The GETs of one fetch: together they take no longer than {@link KeyFetcher#TIMEOUT}, none brings more than {@link
 * KeyFetcher#MAX_BYTES}, and none goes where an issuer must not lead.
 *
 * <p>What the operator named, by scheme, host and port, is asked wherever it is. Any other address came from the
 * issuer's metadata: it must be https, and its name must resolve to public addresses only. The name is resolved again
 * when the client connects, so the check alone could be tricked by a name server that changes its mind; it is TLS with
 * the check of the host's name that closes the gap, for no private service can show a certificate for that name, and
 * nothing is sent to one that does not. Redirects are not followed: issuers do not need them, and an operator can name
 * the final address.
 */
final class BoundedGet implements AutoCloseable {
    private static final Pattern MAX_AGE = Pattern.compile("(?:^|[,\\s])max-age=\"?(\\d{1,9})");

    private final IssuerSettings.Fetching fetching;
    private final String namedOrigin;
    private final HttpClient client;
    private final long deadlineNanos = System.nanoTime() + KeyFetcher.TIMEOUT.toNanos();

    /** What came back; {@code maxAge} from Cache-Control (RFC 9111, section 5.2.2.1). */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
    record Answer(int status, byte[] body, Optional<Duration> maxAge) {}

    BoundedGet(IssuerSettings.Fetching fetching, URI named) throws IOException {
        this.fetching = fetching;
        this.namedOrigin = WebAddress.origin(named);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(KeyFetcher.TIMEOUT);
        if (fetching.trust().isPresent()) {
            builder.sslContext(TrustedCertificates.context(fetching.trust().get()));
        }
        this.client = builder.build();
    }

    Answer get(URI uri) throws IOException, InterruptedException {
        requireAllowed(uri);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/json, application/jwk-set+json")
                .build();
        HttpResponse<byte[]> response = await(
                uri,
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), KeyFetcher.MAX_BYTES)));
        if (response.statusCode() / 100 == 3) {
            throw new IOException(uri + ": redirects to "
                    + Excerpt.of(response.headers().firstValue("Location").orElse("nowhere"))
                    + " (expected: the document itself; name the final address instead)");
        }
        return new Answer(response.statusCode(), response.body(), maxAge(response));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private void requireAllowed(URI uri) throws IOException, InterruptedException {
        if (WebAddress.origin(uri).equals(namedOrigin) || isTrusted(uri)) {
            return;
        }
        if (!WebAddress.isEncrypted(uri)) {
            throw new IOException(Excerpt.of(uri.toString()) + ": the issuer leads there without TLS");
        }
        for (InetAddress address : await(uri, resolved(WebAddress.host(uri)))) {
            if (!PublicAddress.is(address)) {
                throw new IOException(Excerpt.of(uri.toString()) + ": the issuer leads to the address "
                        + address.getHostAddress() + ", which is not public (add the host to trustedHosts if meant)");
            }
        }
    }

    private boolean isTrusted(URI uri) {
        return (WebAddress.isEncrypted(uri) || WebAddress.namesLoopback(uri) || fetching.dangerouslyAllowHttp())
                && (fetching.trustedHosts().contains(WebAddress.host(uri))
                        || fetching.trustedHosts().contains(WebAddress.authority(uri)));
    }

    /** On a thread of its own, for nothing else makes a slow name server give up in time. */
    private static CompletableFuture<InetAddress[]> resolved(String host) {
        CompletableFuture<InetAddress[]> addresses = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                addresses.complete(InetAddress.getAllByName(host));
            } catch (UnknownHostException e) {
                addresses.completeExceptionally(e);
            }
        });
        return addresses;
    }

    private <T> T await(URI uri, CompletableFuture<T> answer) throws IOException, InterruptedException {
        try {
            return answer.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException(uri + ": no answer within " + KeyFetcher.TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(uri + ": " + e.getCause(), e);
        }
    }

    private static Optional<Duration> maxAge(HttpResponse<?> response) {
        String control = String.join(",", response.headers().allValues("Cache-Control"));
        Matcher matcher = MAX_AGE.matcher(control.toLowerCase(Locale.ROOT));
        return matcher.find() ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1)))) : Optional.empty();
    }
}
