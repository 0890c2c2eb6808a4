package dev.sallyport.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.approval.ApprovalLimits;
import dev.sallyport.core.approval.Approvals;
import dev.sallyport.core.approval.Held;
import dev.sallyport.core.approval.Request;
import dev.sallyport.core.approval.Resolution;
import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.audit.SessionOrders;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.identity.Authentication;
import dev.sallyport.core.identity.Authenticator;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.identity.KeyFetcher;
import dev.sallyport.core.identity.KeySource;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.policy.Obligations;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.server.client.AdminClient;
import dev.sallyport.server.config.GatewaySettings;
import dev.sallyport.server.config.GatewaySettings.Address;
import dev.sallyport.server.config.GatewaySettings.Certificate;
import dev.sallyport.testkit.audit.MemoryAuditLog;
import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.tls.TestCertificates;
import dev.sallyport.testkit.tls.TestTrust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminApiIT {
    @TempDir
    private Path directory;

    private final TestIssuer issuer = TestIssuer.offline("https://issuer.example.com");
    private final MemoryAuditLog audit = new MemoryAuditLog();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicReference<Resolution> resolution = new AtomicReference<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final List<String> erased = new ArrayList<>();
    private Authenticator authenticator;
    private Approvals approvals;
    private AdminApi api;

    @BeforeEach
    void start() throws Exception {
        Path keys = issuer.writeJwks(directory.resolve("keys.json"));
        authenticator = new Authenticator(
                List.of(IssuerSettings.of("corp", issuer.url(), new KeySource.JwksFile(keys), Set.of("sallyport"))),
                KeyFetcher.standard(),
                Clock.systemUTC());
        approvals = new Approvals(ApprovalLimits.DEFAULT, audit, Clock.systemUTC(), new SecureRandom(), timer);
        api = start(Optional.empty());
    }

    @AfterEach
    void stop() {
        api.stop();
        approvals.stop();
        timer.shutdownNow();
        http.close();
        issuer.close();
    }

    @Test
    void tells_anybody_whether_it_is_well() throws Exception {
        assertThat(get("/healthz", Optional.empty()).statusCode()).isEqualTo(200);
        assertThat(get("/healthz", Optional.empty()).body())
                .isEqualTo("{\"status\":\"ok\",\"searchIndex\":\"behind\",\"checkpoints\":\"failing\"}");
        audit.breakDisk();
        assertThat(get("/healthz", Optional.empty()).statusCode()).isEqualTo(503);
    }

    @Test
    void refuses_without_saying_why_and_records_why() throws Exception {
        String forAnother =
                issuer.token().subject("mallory").audience("another").mint();
        HttpResponse<String> refused = get("/api/v1/approvals", Optional.of(forAnother));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer");
        assertThat(refused.headers().firstValue("content-type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = json(refused);
        assertThat(problem.path("detail").asString("")).isEqualTo("The token was not accepted.");

        ConnectionRefused recorded = audit.events(ConnectionRefused.class).getFirst();
        assertThat(recorded.reason()).isEqualTo("audience-mismatch");
        assertThat(recorded.incident()).isEqualTo(problem.path("incident").asString(""));
        assertThat(recorded.toString()).doesNotContain(forAnother);
    }

    @Test
    void refuses_who_has_no_token_at_all() throws Exception {
        assertThat(get("/api/v1/approvals", Optional.empty()).statusCode()).isEqualTo(401);
        assertThat(audit.events(ConnectionRefused.class).getFirst().reason()).isEqualTo("token-missing");
    }

    @Test
    void tells_only_the_owner_of_a_good_token_that_it_has_expired() throws Exception {
        String expired = issuer.token()
                .subject("ann")
                .audience("sallyport")
                .expiresIn(Duration.ofHours(-1))
                .mint();
        assertThat(json(get("/api/v1/approvals", Optional.of(expired)))
                        .path("detail")
                        .asString(""))
                .isEqualTo("The token has expired.");
    }

    @Test
    void an_approver_sees_all_that_helps_to_decide() throws Exception {
        String id = hold();
        JsonNode seen = json(get("/api/v1/approvals/" + id, Optional.of(token("ann", "oncall"))));
        assertThat(seen.path("requester").path("subject").asString("")).isEqualTo("bot");
        assertThat(seen.path("target").asString("")).isEqualTo("shop");
        JsonNode command = seen.path("command");
        assertThat(command.path("text").asString("")).isEqualTo("UPDATE orders SET status = $1");
        assertThat(command.path("inTransaction").asBoolean(false)).isTrue();
        assertThat(command.path("effects").get(0).path("filtered").asBoolean(true))
                .isFalse();
        assertThat(command.path("parameters").get(0).path("value").asString("")).isEqualTo("paid");
        assertThat(command.path("parameters").get(1).path("form").asString("")).isEqualTo("digest");
        assertThat(seen.path("digest").asString("")).hasSize(64);
    }

    @Test
    void who_may_not_decide_sees_nothing_and_changes_nothing() throws Exception {
        String id = hold();
        String stranger = token("eve", "others");
        assertThat(json(get("/api/v1/approvals", Optional.of(stranger))).path("approvals"))
                .isEmpty();
        assertThat(get("/api/v1/approvals/" + id, Optional.of(stranger)).statusCode())
                .isEqualTo(404);
        assertThat(post("/api/v1/approvals/" + id + "/approve", stranger, "{}").statusCode())
                .isEqualTo(404);
        assertThat(post("/api/v1/approvals/" + id + "/deny", stranger, "{}").statusCode())
                .isEqualTo(404);
        assertThat(resolution.get()).isNull();
    }

    @Test
    void an_approver_approves_once() throws Exception {
        String id = hold();
        String ann = token("ann", "oncall");
        HttpResponse<String> approved = post("/api/v1/approvals/" + id + "/approve", ann, "{\"comment\": \"CHG-1\"}");
        assertThat(approved.statusCode()).isEqualTo(200);
        assertThat(json(approved).path("outcome").asString("")).isEqualTo("approved");
        assertThat(resolution.get()).isInstanceOf(Resolution.Approved.class);

        assertThat(post("/api/v1/approvals/" + id + "/approve", ann, "{}").statusCode())
                .isEqualTo(409);
    }

    @Test
    void a_denial_carries_its_comment() throws Exception {
        String id = hold();
        assertThat(post("/api/v1/approvals/" + id + "/deny", token("ann", "oncall"), "{\"comment\": \"not now\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(resolution.get()).isEqualTo(new Resolution.Denied("corp:ann", "not now"));
    }

    @Test
    void nobody_approves_a_command_of_their_own() throws Exception {
        String id = hold();
        HttpResponse<String> own = post("/api/v1/approvals/" + id + "/approve", token("bot", "oncall"), "{}");
        assertThat(own.statusCode()).isEqualTo(403);
        assertThat(json(own).path("incident").asString("")).isNotEmpty();
        assertThat(resolution.get()).isNull();
    }

    @Test
    void an_admin_sees_everything_but_does_not_decide_what_is_not_theirs() throws Exception {
        String id = hold();
        String admin = token("root", "admins");
        assertThat(json(get("/api/v1/approvals", Optional.of(admin))).path("approvals"))
                .hasSize(1);
        assertThat(post("/api/v1/approvals/" + id + "/approve", admin, "{}").statusCode())
                .isEqualTo(403);
        assertThat(json(get("/api/v1/sessions", Optional.of(admin)))
                        .path("sessions")
                        .get(0)
                        .path("session")
                        .asString(""))
                .isEqualTo("s1");
        assertThat(get("/api/v1/sessions", Optional.of(token("ann", "oncall"))).statusCode())
                .isEqualTo(403);
    }

    @Test
    void only_admins_erase_sessions_and_are_told_what_became_of_it() throws Exception {
        String admin = token("root", "admins");
        String reason = "{\"reason\": \"request 17\"}";
        assertThat(post("/api/v1/sessions/DONE/erasure", token("ann", "oncall"), reason)
                        .statusCode())
                .isEqualTo(403);
        assertThat(erased).isEmpty();

        HttpResponse<String> done = post("/api/v1/sessions/DONE/erasure", admin, reason);
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(json(done).path("outcome").asString("")).isEqualTo("erased");
        assertThat(erased).containsExactly("DONE by corp:root: request 17");
        assertThat(json(post("/api/v1/sessions/ERASED/erasure", admin, reason))
                        .path("outcome")
                        .asString(""))
                .isEqualTo("erased-before");
        assertThat(post("/api/v1/sessions/OPEN/erasure", admin, reason).statusCode())
                .isEqualTo(409);
        assertThat(post("/api/v1/sessions/UNKNOWN/erasure", admin, reason).statusCode())
                .isEqualTo(404);
        assertThat(post("/api/v1/sessions/broken/erasure", admin, reason).statusCode())
                .isEqualTo(503);
        for (String body : List.of("", "{}", "{\"reason\": \" \"}", "{\"reason\": \"a\", \"b\": 1}")) {
            assertThat(post("/api/v1/sessions/DONE/erasure", admin, body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @Test
    void only_admins_hold_and_release_sessions() throws Exception {
        String admin = token("root", "admins");
        String reason = "{\"reason\": \"case 12\"}";
        for (String order : List.of("hold", "release")) {
            assertThat(post("/api/v1/sessions/s1/" + order, token("ann", "oncall"), reason)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(post("/api/v1/sessions/s1/" + order, admin, "{}").statusCode())
                    .isEqualTo(400);
            assertThat(post("/api/v1/sessions/broken/" + order, admin, reason).statusCode())
                    .isEqualTo(503);
        }
        assertThat(post("/api/v1/sessions/UNKNOWN/hold", admin, reason).statusCode())
                .isEqualTo(404);
        assertThat(post("/api/v1/sessions/NOT_HELD/release", admin, reason).statusCode())
                .isEqualTo(409);
        assertThat(post("/api/v1/sessions/HELD/erasure", admin, reason).statusCode())
                .isEqualTo(409);
        erased.clear();
        assertThat(json(post("/api/v1/sessions/s1/hold", admin, reason))
                        .path("outcome")
                        .asString(""))
                .isEqualTo("held");
        assertThat(json(post("/api/v1/sessions/s1/release", admin, reason))
                        .path("outcome")
                        .asString(""))
                .isEqualTo("released");
        assertThat(erased).containsExactly("s1 by corp:root: case 12", "s1 by corp:root: case 12");
    }

    /** Does what the session's id says. */
    private final class Recorded implements SessionOrders {
        @Override
        public Outcome erase(String session, String by, String reason) throws IOException {
            return note(session, by, reason);
        }

        @Override
        public Outcome hold(String session, String by, String reason) throws IOException {
            return note(session, by, reason);
        }

        @Override
        public Outcome release(String session, String by, String reason) throws IOException {
            return note(session, by, reason);
        }

        private Outcome note(String session, String by, String reason) throws IOException {
            if (session.equals("broken")) {
                throw new IOException("disk full");
            }
            erased.add(session + " by " + by + ": " + reason);
            return Arrays.stream(Outcome.values())
                    .filter(outcome -> outcome.name().equals(session))
                    .findFirst()
                    .orElse(Outcome.DONE);
        }
    }

    @Test
    void odd_bodies_are_refused_and_count_for_nothing() throws Exception {
        String id = hold();
        String ann = token("ann", "oncall");
        String path = "/api/v1/approvals/" + id + "/approve";
        for (String body : List.of(
                "[]",
                "{\"comment\": 1}",
                "{\"comment\": \"a\", \"comment\": \"b\"}",
                "{\"comment\": \"a\", \"all\": true}",
                "{",
                "[".repeat(1000),
                "{\"comment\": \"" + "x".repeat(1001) + "\"}")) {
            assertThat(post(path, ann, body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(post(path, ann, " ".repeat(20 << 10)).statusCode()).isEqualTo(413);
        assertThat(resolution.get()).isNull();
    }

    @Test
    void a_vote_that_cannot_be_recorded_does_not_count() throws Exception {
        String id = hold();
        audit.breakDisk();
        assertThat(post("/api/v1/approvals/" + id + "/approve", token("ann", "oncall"), "{}")
                        .statusCode())
                .isEqualTo(503);
        assertThat(resolution.get()).isNull();
    }

    @Test
    void what_is_not_there_is_a_problem_document_too() throws Exception {
        HttpResponse<String> none = get("/nothing", Optional.empty());
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.headers().firstValue("content-type").orElse("")).startsWith("application/problem+json");
        assertThat(none.headers().firstValue("server")).isEmpty();
    }

    @Test
    void speaks_tls_with_the_certificate_it_is_given() throws Exception {
        TestCertificates certificates = TestCertificates.in(directory, "test");
        TestCertificates.Pair pair = certificates.forLocalhost();
        api.stop();
        api = start(Optional.of(new Certificate(pair.chain(), pair.key())));
        URI url = URI.create("https://localhost:" + api.url().getPort());
        hold();
        try (AdminClient client =
                new AdminClient(url, Secret.of(token("ann", "oncall")), Optional.of(certificates.authority()))) {
            assertThat(client.approvals().path("approvals")).hasSize(1);
        }
    }

    @Test
    void presents_a_certificate_that_was_renewed_and_keeps_the_old_one_until_it_can_be_used() throws Exception {
        TestCertificates certificates = TestCertificates.in(directory, "test");
        TestCertificates.Pair pair = certificates.forLocalhost();
        api.stop();
        api = start(Optional.of(new Certificate(pair.chain(), pair.key())));
        PublicKey first = presented(certificates);

        TestCertificates.Pair renewed = certificates.server("renewed", "localhost");
        Files.copy(renewed.key(), pair.key(), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(api::reload).hasMessageContaining("does not belong");
        assertThat(presented(certificates)).isEqualTo(first);

        Files.copy(renewed.chain(), pair.chain(), StandardCopyOption.REPLACE_EXISTING);
        api.reload();
        assertThat(presented(certificates)).isNotEqualTo(first);
    }

    private PublicKey presented(TestCertificates certificates) throws Exception {
        try (SSLSocket socket = (SSLSocket) TestTrust.in(certificates.authority())
                .getSocketFactory()
                .createSocket("localhost", api.url().getPort())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0].getPublicKey();
        }
    }

    private AdminApi start(Optional<Certificate> tls) throws Exception {
        return AdminApi.start(
                new GatewaySettings.Admin(new Address("127.0.0.1", 0), tls, Set.of()),
                new AdminApi.Parts(
                        authenticator,
                        (remote, identity, reason, detail) -> {
                            audit.append(new ConnectionRefused(
                                    Clock.systemUTC().instant(),
                                    "i-" + audit.events().size(),
                                    "admin",
                                    remote,
                                    "",
                                    "",
                                    identity.map(Identity::principal),
                                    reason,
                                    detail));
                            return "i-" + (audit.events().size() - 1);
                        },
                        approvals,
                        () -> List.of(Map.of("session", "s1")),
                        new Recorded(),
                        () -> Set.of(new GroupName("corp", "admins")),
                        audit::isHealthy,
                        () -> "behind",
                        () -> "failing",
                        Thread::startVirtualThread));
    }

    private String hold() {
        Authentication bot = authenticator.authenticate(Secret.of(token("bot", "bots")));
        assertThat(bot).isInstanceOf(Authentication.Authenticated.class);
        Command command = new Command(
                "UPDATE orders SET status = $1",
                List.of(),
                List.of(new Effect(
                        Action.UPDATE,
                        Effect.of(Action.READ, "table", "public.orders").object(),
                        false,
                        "")),
                Set.of("public.orders"),
                Set.of(),
                AnswerShape.DESCRIBED,
                true,
                List.of());
        Decision.Hold decision = new Decision.Hold(
                new Decision.HoldTerms(
                        Set.of(new GroupName("corp", "oncall")), 1, Duration.ofMinutes(5), Duration.ofMinutes(1)),
                new Obligations(MaskRules.NONE, Limits.NONE),
                List.of("writers/approve[0]"),
                1);
        Held held = approvals.request(
                new Request(
                        ((Authentication.Authenticated) bot).identity(),
                        new TargetName("shop"),
                        "s1",
                        1,
                        "127.0.0.1:1",
                        command,
                        decision,
                        command.text(),
                        List.of(
                                new RecordedParameter(
                                        "text", "text", Optional.of("paid".getBytes(StandardCharsets.UTF_8))),
                                new RecordedParameter("text", "digest", Optional.of(new byte[] {1, 2})))),
                resolution::set);
        return ((Held.Waiting) held).pending().id();
    }

    private String token(String subject, String... groups) {
        return issuer.token()
                .subject(subject)
                .audience("sallyport")
                .groups(groups)
                .mint();
    }

    private HttpResponse<String> get(String path, Optional<String> token) throws Exception {
        return send(HttpRequest.newBuilder(api.url().resolve(path)).GET(), token);
    }

    private HttpResponse<String> post(String path, String token, String body) throws Exception {
        return send(
                HttpRequest.newBuilder(api.url().resolve(path)).POST(BodyPublishers.ofString(body)),
                Optional.of(token));
    }

    private HttpResponse<String> send(HttpRequest.Builder request, Optional<String> token) throws Exception {
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }
}
