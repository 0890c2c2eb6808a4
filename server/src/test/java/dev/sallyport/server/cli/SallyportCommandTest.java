package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

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
        assertThat(run("approvals", "list", "--token", "x")).isEqualTo(2);
        assertThat(run("approvals", "list", "--token-file", "/does/not/exist")).isEqualTo(2);
    }

    @Test
    void a_token_does_not_go_over_a_network_in_the_clear() {
        assertThat(run("approvals", "list", "--url", "http://gateway.example.com"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected: https");
    }
}
