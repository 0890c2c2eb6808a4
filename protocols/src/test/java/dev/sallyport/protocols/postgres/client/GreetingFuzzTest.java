package dev.sallyport.protocols.postgres.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.protocols.postgres.client.StartupPacket.Startup;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What a client says before anybody knows who it is: understood, or a {@link ProtocolViolation}. */
class GreetingFuzzTest {
    private static final Target TARGET = new Target(
            new TargetName("shop"),
            "postgres",
            "localhost",
            5432,
            "shop",
            TlsMode.DISABLE,
            Optional.empty(),
            new Target.Credential("app", Optional.empty(), Optional.empty()),
            1,
            Duration.ofSeconds(1),
            Set.of("search_path"));

    @FuzzTest
    void packets(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            int length = StartupPacket.length(in);
            if (length > 0
                    && length <= bytes.length
                    && StartupPacket.read(in.readSlice(length)) instanceof Startup startup) {
                assertThat(startup.parameters().size()).isLessThan(length);
                StartupParameters.extensions(startup.parameters());
                StartupParameters.fault(startup.parameters(), TARGET)
                        .ifPresent(fault -> assertThat(fault.message()).hasSizeLessThan(200));
            }
        } catch (ProtocolViolation expected) {
            assertThat(expected.text()).hasSizeLessThan(200);
        }
    }

    @FuzzTest
    void tokens(byte[] message) {
        try {
            OAuthBearer.token(message).ifPresent(Secret::close);
        } catch (ProtocolViolation expected) {
            assertThat(expected.text()).hasSizeLessThan(200);
        }
    }
}
