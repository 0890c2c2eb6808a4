package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SallyportCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return SallyportCommand.commandLine(new PrintWriter(out), new PrintWriter(err))
                .execute(args);
    }

    @Test
    void help_names_the_exit_codes_and_shows_examples() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("Exit codes:", "Examples:", "./sallyport demo");
    }

    @Test
    void version_is_the_one_that_was_built() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("sallyport ").doesNotContain("${");
    }

    @Test
    void an_unknown_command_is_a_fault_of_usage() {
        assertThat(run("nonsense")).isEqualTo(2);
        assertThat(err.toString()).contains("nonsense");
    }

    @Test
    void no_command_at_all_is_a_fault_of_usage() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Usage:");
    }

    @Test
    void a_token_is_never_an_argument() {
        assertThat(run("approvals", "list", "--token", "s3cret")).isEqualTo(2);
        assertThat(err.toString()).contains("SALLYPORT_TOKEN", "--token-file").doesNotContain("s3cret");
        assertThat(run("approvals", "list", "--token-file", "/does/not/exist")).isEqualTo(2);
    }

    @Test
    void a_token_does_not_go_over_a_network_in_the_clear() {
        assertThat(run("approvals", "list", "--url", "http://gateway.example.com"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected: https");
    }

    @Test
    void a_demo_is_not_started_where_there_is_something_or_on_no_port(@TempDir Path directory) throws Exception {
        Files.createFile(directory.resolve("something"));
        assertThat(run("demo", "--dir", directory.toString())).isEqualTo(2);
        assertThat(run("demo", "--port", "65536")).isEqualTo(2);
        assertThat(err.toString()).contains("is not empty").contains("expected: 0 to 65535");
    }

    @Test
    void the_audit_log_is_found_without_the_secrets_that_the_configuration_names(@TempDir Path directory)
            throws Exception {
        Files.writeString(directory.resolve("gateway.yaml"), """
                kind: Gateway
                name: g
                spec:
                  listeners:
                    - {name: pg, protocol: postgres, address: "0.0.0.0:5432", tls: {certificate: gone, key: gone}}
                  audit: {directory: audit}
                  masking: {hashKey: {env: NOT_SET_HERE}}
                """);
        assertThat(run("audit", "verify", "--config", directory.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains(directory.resolve("audit").toString())
                .doesNotContain("NOT_SET_HERE")
                .doesNotContain("SALLYPORT_DEBUG");
    }

    @Test
    void a_configuration_that_does_not_say_where_the_audit_log_is_is_at_fault(@TempDir Path directory)
            throws Exception {
        Files.writeString(directory.resolve("gateway.yaml"), "kind: Gateway\nname: g\nspec: {listeners: []}\n");
        assertThat(run("sessions", "list", "--config", directory.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("gateway.yaml:3:7: spec.audit: is missing");
    }

    @Test
    void what_is_wrong_with_a_file_is_said_in_words(@TempDir Path directory) {
        Path missing = directory.resolve("none.pem");
        assertThat(run("approvals", "list", "--ca-file", missing.toString(), "--token-file", token(directory)))
                .isEqualTo(1);
        assertThat(err.toString()).contains(missing + ": no such file or directory");
    }

    private static String token(Path directory) {
        try {
            return Files.writeString(directory.resolve("token"), "x").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
