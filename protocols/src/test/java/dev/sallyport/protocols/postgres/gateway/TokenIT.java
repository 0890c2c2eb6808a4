package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.int32;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.startup;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.testkit.issuer.SigningKey;
import dev.sallyport.testkit.issuer.TokenBuilder;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a client hears of its token, and what the log keeps of it, over a real socket. */
class TokenIT {
    @AutoClose
    private static final TestGateway gateway = TestGateway.allowingAll();

    private static Message present(String token) throws Exception {
        try (RawClient client = RawClient.connectTls(gateway.port(), gateway.certificates.authority())) {
            return client.login("bot", "shop", token).getLast();
        }
    }

    private static TokenBuilder bot() {
        return gateway.bot("all");
    }

    @Test
    void whatever_is_wrong_with_a_token_the_client_hears_one_text_and_the_log_keeps_the_reason() throws Exception {
        SigningKey stranger = SigningKey.generate("stranger", "ES256");
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("none", bot().header("alg", "none").signature(new byte[0]).mint());
        wrong.put("hs256", bot().header("alg", "HS256").mint());
        wrong.put("unknown kid", gateway.issuer.token(stranger).groups("all").mint());
        wrong.put("path in kid", bot().header("kid", "../../etc/passwd' OR 1=1").mint());
        wrong.put("audience", bot().audience("another").mint());
        wrong.put("issuer", bot().claim("iss", "https://evil.test").mint());
        wrong.put("no expiry", bot().claim("exp", null).mint());
        wrong.put(
                "not yet",
                bot().claim("nbf", Instant.now().plusSeconds(600).getEpochSecond())
                        .mint());
        wrong.put("zero signature", bot().signature(new byte[64]).mint());
        wrong.put("empty", "");
        wrong.put("no token", "hunter2");
        wrong.put("long", "a".repeat(17_000));
        List<String> heard = new ArrayList<>();
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            Message error = present(each.getValue());
            assertThat(error.tag()).as(each.getKey()).isEqualTo('E');
            assertThat(error.field('C')).as(each.getKey()).isEqualTo("28P01");
            heard.add(error.field('M') + error.field('H'));
            ConnectionRefused refused =
                    gateway.audit.events(ConnectionRefused.class).getLast();
            assertThat(error.field('D')).contains(refused.incident());
            if (each.getValue().length() > 6) {
                assertThat(refused.toString()).doesNotContain(each.getValue());
            }
        }

        assertThat(heard).containsOnly(heard.getFirst());
        assertThat(gateway.audit.events(ConnectionRefused.class).stream()
                        .map(ConnectionRefused::reason)
                        .distinct())
                .hasSizeGreaterThan(5);
    }

    @Test
    void an_expired_token_is_told_so() throws Exception {
        Message error = present(bot().expiresIn(Duration.ofMinutes(-5)).mint());

        assertThat(error.field('M')).contains("expired");
        assertThat(gateway.audit.events(ConnectionRefused.class).getLast().reason())
                .contains("expired");
    }

    @Test
    void a_token_message_beyond_every_bound_ends_the_connection() {
        // The gateway reads no further, so the rest of what the client writes meets a closed connection.
        assertThatThrownBy(() -> {
                    Message error = present("a".repeat(1 << 20));
                    throw new IOException(error.field('S'));
                })
                .isInstanceOf(IOException.class);
        assertThat(gateway.audit.events(ConnectionRefused.class).getLast().reason())
                .isEqualTo("protocol-violation");
    }

    @Test
    void a_token_is_never_on_record() throws Exception {
        String token = bot().mint();
        assertThat(present(token).tag()).isEqualTo('Z');
        String signature = token.substring(token.lastIndexOf('.') + 1);

        assertThat(gateway.audit.events().toString()).doesNotContain(signature);
        assertThat(gateway.server.log()).doesNotContain(signature);
    }

    @Test
    void oauthbearer_takes_the_token_and_tells_who_has_none_where_to_get_one() throws Exception {
        int port = gateway.listen(TestGateway::oauthBearer);
        assertThat(bearer(port, "n,,\u0001auth=Bearer " + bot().mint() + "\u0001\u0001")
                        .getLast()
                        .tag())
                .isEqualTo('Z');
        List<Message> discovery = bearer(port, "n,,\u0001auth=\u0001\u0001");
        assertThat(new String(discovery.get(1).body(), StandardCharsets.UTF_8))
                .contains("invalid_token", "openid-configuration", "\"scope\":\"db\"");
        assertThat(discovery.getLast().field('S')).isEqualTo("FATAL");
        for (String malformed : List.of(
                "",
                "n,,",
                "p=tls-unique,,\u0001auth=Bearer x\u0001\u0001",
                "n,a=admin,\u0001auth=Bearer x\u0001\u0001",
                "n,,\u0001auth=Basic x\u0001\u0001",
                "n,,\u0001auth=Bearer a\u0001auth=Bearer b\u0001\u0001",
                "n,,\u0001auth=Bearer x\u0001")) {
            assertThat(bearer(port, malformed).getLast().field('S'))
                    .as(malformed)
                    .isEqualTo("FATAL");
        }
    }

    private static List<Message> bearer(int port, String first) throws Exception {
        try (RawClient client = RawClient.connectTls(port, gateway.certificates.authority())) {
            client.send(startup(RawClient.V3_0, "user", "bot", "database", "shop"));
            List<Message> seen = new ArrayList<>();
            seen.add(client.read());
            byte[] data = utf8(first);
            client.send(message('p', texts("OAUTHBEARER"), int32(data.length), data));
            for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
                seen.add(next);
                if (next.tag() == 'R' && next.body()[3] == 11) {
                    client.send(message('p', new byte[] {1}));
                } else if (next.tag() == 'Z' || next.tag() == 'E') {
                    break;
                }
            }
            return seen;
        }
    }
}
