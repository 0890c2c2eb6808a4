package dev.sallyport.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoConfigurationTest {
    private static final Map<String, String> VALUES = Map.of(
            "postgresPort",
            "6432",
            "adminPort",
            "9443",
            "auditDir",
            "/var/lib/demo/audit",
            "issuer",
            DemoIssuer.ISSUER,
            "audience",
            DemoIssuer.AUDIENCE,
            "targetPort",
            "5432",
            "database",
            DemoPostgres.DATABASE,
            "username",
            DemoPostgres.USER);

    @TempDir
    private Path directory;

    @Test
    void is_without_fault() throws Exception {
        write();
        Result result = ConfigurationLoader.load(directory);
        assertThat(result).as("%s", result).isInstanceOf(Result.Loaded.class);
    }

    @Test
    void keeps_its_secrets_to_its_owner() throws Exception {
        write();
        for (String secret : new String[] {"secrets/shop-password", "tls/gateway-key.pem"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(secret))))
                    .isEqualTo("rw-------");
        }
    }

    private void write() throws Exception {
        new DemoCertificates(directory.resolve("tls"), new SecureRandom()).issueServer("gateway");
        DemoConfiguration.write(directory, VALUES, new DemoIssuer().jwks(), "secret");
    }
}
