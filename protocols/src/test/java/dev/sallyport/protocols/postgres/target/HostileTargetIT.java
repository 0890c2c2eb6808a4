package dev.sallyport.protocols.postgres.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.target.TlsMode;
import dev.sallyport.net.Transport;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import dev.sallyport.testkit.postgres.FakeTarget;
import dev.sallyport.testkit.postgres.FakeTarget.Script;
import dev.sallyport.testkit.postgres.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that lie, break off, or never stop. */
class HostileTargetIT {
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;
    private static final byte[] SCRAM_SHA_256 = Messages.concat(Messages.texts("SCRAM-SHA-256"), new byte[1]);
    private static Transport transport;

    @BeforeAll
    static void start() {
        transport = Transport.open();
    }

    @AfterAll
    static void stop() {
        transport.close();
    }

    @Test
    void a_wrong_server_signature_is_refused() throws Exception {
        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            String nonce = nonceOf(peer.authentication(SASL, SCRAM_SHA_256).readMessage());
            peer.authentication(SASL_CONTINUE, Messages.utf8("r=" + nonce + "more,s=c2FsdA==,i=4096"));
            peer.readMessage();
            peer.authentication(SASL_FINAL, Messages.utf8("v=" + "A".repeat(43) + "="));
            peer.welcome();
        });

        assertThat(failure).isInstanceOf(TargetFailure.AuthenticationFailed.class);
    }

    @Test
    void an_ok_in_the_middle_of_scram_is_refused() throws Exception {
        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            String nonce = nonceOf(peer.authentication(SASL, SCRAM_SHA_256).readMessage());
            peer.authentication(SASL_CONTINUE, Messages.utf8("r=" + nonce + "more,s=c2FsdA==,i=4096"));
            peer.readMessage();
            peer.welcome();
        });

        assertThat(failure).isInstanceOf(TargetFailure.AuthenticationFailed.class);
    }

    @Test
    void a_nonce_that_is_not_ours_is_refused() throws Exception {
        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            peer.authentication(SASL, SCRAM_SHA_256).readMessage();
            peer.authentication(SASL_CONTINUE, Messages.utf8("r=somebodyelse,s=c2FsdA==,i=4096"));
            peer.readMessage();
        });

        assertThat(failure).isInstanceOf(TargetFailure.AuthenticationFailed.class);
    }

    @Test
    void a_billion_iterations_are_not_computed() throws Exception {
        long before = System.nanoTime();

        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            String nonce = nonceOf(peer.authentication(SASL, SCRAM_SHA_256).readMessage());
            peer.authentication(SASL_CONTINUE, Messages.utf8("r=" + nonce + "more,s=c2FsdA==,i=1000000000"));
            peer.readMessage();
        });

        assertThat(failure).isInstanceOf(TargetFailure.ProtocolViolation.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void only_mechanisms_that_are_too_weak_or_unknown_are_refused() throws Exception {
        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            peer.authentication(SASL, Messages.concat(Messages.texts("SCRAM-SHA-1", "PLAIN"), new byte[1]));
            peer.readMessage();
        });

        assertThat(failure).isInstanceOf(TargetFailure.AuthenticationFailed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 6, 7, 9, 99})
    void a_kind_of_authentication_that_is_not_supported_is_refused(int kind) throws Exception {
        assertThat(against(peer -> {
                    peer.readUntagged();
                    peer.authentication(kind, new byte[0]).readMessage();
                }))
                .isInstanceOf(TargetFailure.AuthenticationFailed.class);
    }

    @Test
    void endless_parameters_are_cut() throws Exception {
        AtomicLong sent = new AtomicLong();

        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            peer.authentication(0, new byte[0]);
            for (int i = 0; ; i++) {
                peer.parameter("p" + i, "x".repeat(1000));
                sent.incrementAndGet();
            }
        });

        assertThat(failure).isInstanceOf(TargetFailure.ProtocolViolation.class);
        await().during(Duration.ofMillis(200)).until(() -> sent.get() < 100_000);
    }

    @Test
    void endless_notices_are_cut() throws Exception {
        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            while (true) {
                peer.send('N', Messages.concat(Messages.texts("SNOTICE", "Mhello"), new byte[1]));
            }
        });

        assertThat(failure).isInstanceOf(TargetFailure.ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, (64 << 10) + 1, Integer.MAX_VALUE})
    void a_length_out_of_bounds_is_refused_before_anything_is_allocated(int length) throws Exception {
        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            peer.send(Messages.concat(new byte[] {'R'}, Messages.int32(length)));
            peer.readMessage();
        });

        assertThat(failure).isInstanceOf(TargetFailure.ProtocolViolation.class);
    }

    @Test
    void a_start_up_that_ends_at_any_byte_is_a_failure() throws Exception {
        byte[] whole = Messages.concat(
                Messages.message('R', Messages.int32(0)),
                Messages.message('S', Messages.texts("server_version", "18.0")),
                Messages.message('K', Messages.int32(1), Messages.int32(2)),
                Messages.message('Z', Messages.utf8("I")));
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);

            TargetFailure failure = against(peer -> {
                peer.readUntagged();
                peer.send(part);
            });

            assertThat(failure).as("after %d bytes", length).isInstanceOf(TargetFailure.ProtocolViolation.class);
        }
    }

    @Test
    void a_start_up_that_comes_byte_by_byte_succeeds() throws Exception {
        byte[] whole = Messages.concat(
                Messages.message('R', Messages.int32(0)),
                Messages.message('K', Messages.int32(1), Messages.int32(2)),
                Messages.message('Z', Messages.utf8("I")));
        try (FakeTarget target = FakeTarget.playing(peer -> {
            peer.readUntagged();
            for (byte each : whole) {
                peer.send(new byte[] {each});
            }
            peer.readMessage();
        })) {
            Targets.at(target.port()).connect(transport).close();
        }
    }

    @Test
    void garbage_is_a_violation_and_silence_ends_at_the_timeout() throws Exception {
        assertThat(against(peer -> {
                    peer.readUntagged();
                    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }))
                .isInstanceOf(TargetFailure.ProtocolViolation.class);

        try (FakeTarget target = FakeTarget.playing(peer -> {
            peer.readUntagged();
            peer.readMessage();
        })) {
            assertThat(Targets.at(target.port()).timeout(Duration.ofMillis(500)).failure(transport))
                    .isInstanceOf(TargetFailure.Timeout.class);
        }
    }

    @Test
    void a_start_up_that_trickles_ends_at_the_timeout() throws Exception {
        try (FakeTarget target = FakeTarget.playing(peer -> {
            peer.readUntagged();
            peer.authentication(0, new byte[0]);
            while (true) {
                peer.parameter("a", "b");
                sleep(100);
            }
        })) {
            assertThat(Targets.at(target.port()).timeout(Duration.ofSeconds(1)).failure(transport))
                    .isInstanceOf(TargetFailure.Timeout.class);
        }
    }

    @Test
    void an_error_without_a_sqlstate_is_still_an_error_and_its_text_stays_inside() throws Exception {
        TargetFailure failure = against(peer -> {
            peer.readUntagged();
            peer.error("MI hold the secret of db-7.internal");
        });

        assertThat(failure).isInstanceOf(TargetFailure.Refused.class);
        assertThat(failure.sqlState()).isEqualTo("XX000");
        assertThat(failure.clientText()).doesNotContain("db-7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "Sforged", "E", "X", ""})
    void only_a_clean_yes_to_the_request_for_tls_is_one(String answer) throws Exception {
        try (FakeTarget target = FakeTarget.playing(peer -> {
            peer.readUntagged();
            peer.send(Messages.utf8(answer));
        })) {
            assertThat(Targets.at(target.port()).tls(TlsMode.REQUIRE).failure(transport))
                    .isInstanceOf(TargetFailure.TlsFailed.class);
        }
    }

    @Test
    void a_pooler_that_cannot_negotiate_is_asked_again_for_3_0() throws Exception {
        try (FakeTarget target = FakeTarget.playing(peer -> {
            int version = ByteBuffer.wrap(peer.readUntagged()).getInt();
            if (version == ProtocolVersion.V3_0) {
                peer.welcome().readMessage();
            } else {
                peer.error("SFATAL", "C08P01", "Munsupported protocol");
            }
        })) {
            TargetConnector connector =
                    Targets.at(target.port()).maxConnections(1).connector(transport);

            TargetConnection first = Targets.await(connector.open(transport.nextLoop(), Map.of()));
            first.close().sync();
            Targets.await(connector.open(transport.nextLoop(), Map.of())).close();

            assertThat(first.protocolVersion()).isEqualTo(ProtocolVersion.V3_0);
            assertThat(target.connections()).isEqualTo(3);
        }
    }

    @Test
    void a_version_above_the_one_asked_for_is_refused() throws Exception {
        assertThat(against(peer -> {
                    peer.readUntagged();
                    peer.send('v', Messages.concat(Messages.int32(3 << 16 | 7), Messages.int32(0)));
                    peer.readMessage();
                }))
                .isInstanceOf(TargetFailure.ProtocolViolation.class);
    }

    @Test
    void a_cancel_key_without_end_is_refused() throws Exception {
        assertThat(against(peer -> {
                    peer.readUntagged();
                    peer.authentication(0, new byte[0]);
                    peer.send('K', new byte[4 + 257]);
                    peer.readMessage();
                }))
                .isInstanceOf(TargetFailure.ProtocolViolation.class);
    }

    @Test
    void what_comes_behind_ready_for_query_is_kept_for_the_session() throws Exception {
        byte[] notice = Messages.message('N', Messages.texts("Slate"), new byte[1]);
        try (FakeTarget target = FakeTarget.playing(peer -> {
            peer.readUntagged();
            peer.send(Messages.concat(
                    Messages.message('R', Messages.int32(0)), Messages.message('Z', Messages.utf8("I")), notice));
            peer.readMessage();
        })) {
            TargetConnection connection = Targets.at(target.port()).connect(transport);
            StringBuilder heard = new StringBuilder();

            connection
                    .channel()
                    .eventLoop()
                    .submit(() -> connection.handTo(new Hearing(heard)))
                    .sync();

            assertThat(heard).contains("late");
            connection.close();
        }
    }

    private static TargetFailure against(Script script) throws Exception {
        try (FakeTarget target = FakeTarget.playing(script)) {
            return Targets.at(target.port()).failure(transport);
        }
    }

    private static String nonceOf(byte[] initialResponse) {
        String text = new String(initialResponse, StandardCharsets.UTF_8);
        return text.substring(text.lastIndexOf("r=") + 2);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Hearing extends SimpleChannelInboundHandler<ByteBuf> {
        private final StringBuilder heard;

        Hearing(StringBuilder heard) {
            this.heard = heard;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            heard.append(message.toString(StandardCharsets.UTF_8));
        }
    }
}
