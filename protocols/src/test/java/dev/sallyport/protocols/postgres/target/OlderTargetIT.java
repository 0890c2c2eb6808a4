package dev.sallyport.protocols.postgres.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.target.TlsMode;
import dev.sallyport.net.Transport;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import dev.sallyport.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OlderTargetIT {
    @Test
    void a_server_before_18_negotiates_down_to_protocol_3_0(@TempDir Path directory) throws Exception {
        Optional<PostgresServer> installed = PostgresServer.installed(15, directory);
        Assumptions.assumeTrue(installed.isPresent(), "PostgreSQL 15 is not installed");
        try (PostgresServer server = installed.get();
                Transport transport = Transport.open()) {
            server.createUser("app", "secret");

            TargetConnection connection = Targets.at(server.port())
                    .tls(TlsMode.VERIFY_FULL, server.certificates())
                    .connect(transport);

            assertThat(connection.protocolVersion()).isEqualTo(ProtocolVersion.V3_0);
            assertThat(connection.parameters().get("server_version")).startsWith("15.");
            connection.cancel().get(10, TimeUnit.SECONDS);
            connection.close().sync();
        }
    }
}
