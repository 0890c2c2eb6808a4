package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers for Node.js. What they are tried with is written in their own language, in src/test/node. */
class NodeIT {
    private static final Path SOURCES = Path.of("src/test/node").toAbsolutePath();
    private static final Path PLACE = Path.of("target/node").toAbsolutePath();
    private static final Duration MOST = Duration.ofMinutes(4);

    @BeforeAll
    static void install() throws IOException {
        assumeTrue(Run.present("node") && Run.present("npm"), "node and npm are not on the PATH");
        Files.createDirectories(PLACE);
        try (var files = Files.list(SOURCES)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.copy(each, PLACE.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Run installed =
                Run.of(PLACE, MOST, Map.of(), "", List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        assertThat(installed.status()).as(installed.all()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg.test.mjs", "postgres.test.mjs"})
    void works_as_it_does_without_the_gateway(String file) {
        Demo demo = Demo.shared();
        Run run = Run.of(
                PLACE,
                MOST,
                Map.of("SALLYPORT_READY_FILE", demo.readyFile().toString()),
                "",
                List.of("node", "--test", "--test-timeout=120000", "--test-reporter=spec", file));
        assertThat(run.status()).as(run.all()).isZero();
    }
}
