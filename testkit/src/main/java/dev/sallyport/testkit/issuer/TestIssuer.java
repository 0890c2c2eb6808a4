package dev.sallyport.testkit.issuer;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.testkit.tls.TestCertificates;
import dev.sallyport.testkit.tls.TestIdentity;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An issuer of tokens within the test's own JVM: with a key set as text or file, or with metadata and key set served
 * over HTTP on loopback, where it can be counted, bent and taken down.
 */
public final class TestIssuer implements AutoCloseable {
    public static final String METADATA = "/.well-known/openid-configuration";
    public static final String KEYS = "/keys";

    private final Clock clock;
    private final CopyOnWriteArrayList<SigningKey> keys = new CopyOnWriteArrayList<>();
    private final AtomicInteger named = new AtomicInteger();
    private final Map<String, AtomicInteger> fetches = new ConcurrentHashMap<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable HttpServer server;
    private final @Nullable SSLContext tls;
    private final String url;
    private final int port;

    /** What the issuer says at one path. */
    @FunctionalInterface
    public interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private TestIssuer(@Nullable String url, @Nullable SSLContext tls, Clock clock) {
        this.clock = clock;
        this.tls = tls;
        keys.add(SigningKey.generate(nextKid(), "ES256"));
        if (url == null) {
            this.server = listen(0);
            this.port = server.getAddress().getPort();
            this.url = tls == null ? "http://127.0.0.1:" + port : "https://localhost:" + port;
        } else {
            this.port = 0;
            this.url = url;
        }
        answers.put(METADATA, json(() -> metadata(this.url, this.url + KEYS)));
        answers.put(KEYS, json(this::jwks));
    }

    /** An issuer with one ES256 key that nobody can reach; its keys are handed over by file. */
    public static TestIssuer offline(String url) {
        return new TestIssuer(url, null, Clock.systemUTC());
    }

    public static TestIssuer offline(String url, Clock clock) {
        return new TestIssuer(url, null, clock);
    }

    /** An issuer with one ES256 key that serves metadata and keys on a free port of 127.0.0.1. */
    public static TestIssuer serving() {
        return new TestIssuer(null, null, Clock.systemUTC());
    }

    /** The same over TLS, as {@code https://localhost}, with whatever certificate this is. */
    public static TestIssuer serving(TestCertificates.Pair certificate) {
        return new TestIssuer(null, TestIdentity.of(certificate), Clock.systemUTC());
    }

    /** Its {@code iss}. */
    public String url() {
        return url;
    }

    /** The key that tokens are signed with: the newest. */
    public SigningKey key() {
        return keys.getLast();
    }

    /** Adds a key, for tokens from here on. */
    public SigningKey addKey(String algorithm) {
        return addKey(SigningKey.generate(nextKid(), algorithm));
    }

    public SigningKey addKey(SigningKey key) {
        keys.add(key);
        return key;
    }

    /** Puts a new key in the place of all others. */
    public SigningKey rotate() {
        SigningKey key = addKey("ES256");
        keys.removeIf(other -> !other.equals(key));
        return key;
    }

    /** A good token of the subject {@code bot} for the audience {@code sallyport}, to be bent. */
    public TokenBuilder token() {
        return token(key());
    }

    public TokenBuilder token(SigningKey signedWith) {
        return new TokenBuilder(url, signedWith, clock.instant());
    }

    /** The key set as text. */
    public String jwks() {
        return new JWKSet(keys.stream().map(SigningKey::publicKey).toList()).toString();
    }

    /** Writes the key set to a file, in one step. */
    public Path writeJwks(Path file) {
        try {
            Path whole = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(whole, jwks());
            return Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The metadata of an issuer, as a text to bend. */
    public static String metadata(String issuer, String jwksUri) {
        return JSONObjectUtils.toJSONString(Map.of("issuer", issuer, "jwks_uri", jwksUri));
    }

    /** Lets {@code path} be answered in this way from here on. */
    public void answer(String path, Answer answer) {
        answers.put(path, answer);
    }

    /** Lets {@code path} be answered with this text from here on. */
    public void answer(String path, String json) {
        answers.put(path, json(() -> json));
    }

    public URI uri(String path) {
        return URI.create(url + path);
    }

    /** How often {@code path} was asked for. */
    public int fetches(String path) {
        AtomicInteger count = fetches.get(path);
        return count == null ? 0 : count.get();
    }

    /** From here on nobody listens at its port. */
    public synchronized void down() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    /** Listens at the same port again. */
    public synchronized void up() {
        if (server == null && port != 0) {
            server = listen(port);
        }
    }

    @Override
    public void close() {
        down();
        threads.shutdownNow();
    }

    /** Ends an exchange with this status, these headers and this text. */
    public static void send(HttpExchange exchange, int status, Map<String, String> headers, String text)
            throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static Answer json(Supplier<String> text) {
        return exchange -> send(exchange, 200, Map.of("Content-Type", "application/json"), text.get());
    }

    private String nextKid() {
        return "key-" + named.incrementAndGet();
    }

    private HttpServer listen(int onPort) {
        try {
            HttpServer listening = create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), onPort));
            listening.setExecutor(threads);
            listening.createContext("/", this::answer);
            listening.start();
            return listening;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpServer create(InetSocketAddress address) throws IOException {
        if (tls == null) {
            return HttpServer.create(address, 0);
        }
        HttpsServer encrypted = HttpsServer.create(address, 0);
        encrypted.setHttpsConfigurator(new HttpsConfigurator(tls));
        return encrypted;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        fetches.computeIfAbsent(path, any -> new AtomicInteger()).incrementAndGet();
        try (exchange) {
            answers.getOrDefault(path, unknown -> send(unknown, 404, Map.of(), ""))
                    .to(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
