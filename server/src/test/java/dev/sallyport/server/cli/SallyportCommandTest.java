package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SallyportCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = SallyportCommand.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(args);
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
}
