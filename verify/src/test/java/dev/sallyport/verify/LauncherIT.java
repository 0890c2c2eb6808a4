package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a repository of its own, with a JDK and a Maven that only write down how they were called. */
class LauncherIT {
    @TempDir
    private Path temp;

    private Path root;
    private Path jdk;

    @BeforeEach
    void lay_out_a_repository_whose_path_has_spaces() throws IOException {
        root = Files.createDirectories(temp.resolve("a repository"));
        Path launcher = Files.copy(Path.of("..", "sallyport").toAbsolutePath().normalize(), root.resolve("sallyport"));
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Files.createDirectories(root.resolve(".mvn"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        for (String module : List.of("core", "sql", "net", "protocols", "server")) {
            Path sources = Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.writeString(root.resolve(module).resolve("pom.xml"), "<project/>");
            Files.writeString(sources.resolve("A.java"), "class A {}");
        }
        maven(root.resolve("mvnw"), "exit 0");
        jdk = jdk("a jdk", "25.0.1");
        age(root);
    }

    @Test
    void builds_once_and_again_only_when_a_source_changes() throws Exception {
        assertThat(run(root, "serve").output()).contains("dev.sallyport.server.Main serve");
        run(root, "serve");
        assertThat(builds()).isEqualTo(1);

        Files.writeString(root.resolve("core/src/main/A.java"), "class A { int changed; }");
        run(root, "serve");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void builds_again_when_a_source_is_gone() throws Exception {
        run(root, "serve");
        Files.delete(root.resolve("sql/src/main/A.java"));
        run(root, "serve");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void two_calls_at_once_build_once() throws Exception {
        maven(root.resolve("mvnw"), "sleep 1");
        Process one = start(root, List.of(root.resolve("sallyport").toString(), "serve"), Map.of());
        Process other = start(root, List.of(root.resolve("sallyport").toString(), "serve"), Map.of());
        assertThat(finish(one).status()).isZero();
        assertThat(finish(other).status()).isZero();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void a_lock_whose_owner_is_gone_holds_nobody_up() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(root.resolve("target/launcher/lock"));
        Files.writeString(lock.resolve("pid"), Long.toString(gone.pid()));
        assertThat(run(root, "serve").status()).isZero();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void runs_from_any_directory_and_through_links() throws Exception {
        Path first = Files.createSymbolicLink(temp.resolve("first"), root.resolve("sallyport"));
        Path second = Files.createSymbolicLink(temp.resolve("second link"), first.getFileName());
        Result result = finish(start(temp, List.of(second.toString(), "validate", "--config", "a b"), Map.of()));
        assertThat(result.status()).isZero();
        assertThat(result.output()).contains("Main validate --config [a b]");
    }

    @Test
    void a_failed_build_shows_what_was_wrong_and_runs_nothing() throws Exception {
        maven(root.resolve("mvnw"), "echo '[ERROR] A.java:[1,7] it does not compile'; exit 1");
        Result result = run(root, "serve");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).contains("it does not compile").doesNotContain("server.Main");
    }

    @Test
    void takes_a_maven_from_the_path_when_the_wrapper_cannot_get_one() throws Exception {
        script(root.resolve("mvnw"), "exit 1");
        Path bin = Files.createDirectories(temp.resolve("bin"));
        maven(bin.resolve("mvn"), "exit 0");
        Result result = finish(start(
                root,
                List.of(root.resolve("sallyport").toString(), "serve"),
                Map.of("PATH", bin + ":" + System.getenv("PATH"))));
        assertThat(result.status()).isZero();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void passes_over_a_jdk_that_is_too_old() throws Exception {
        Path old = jdk("old jdk", "17.0.9");
        Result result = finish(start(
                root, List.of(root.resolve("sallyport").toString(), "--version"), Map.of("JAVA_HOME", old.toString())));
        assertThat(result.output()).doesNotContain("old jdk");
    }

    @Test
    void keeps_the_jars_of_a_program_that_may_still_be_running() throws Exception {
        run(root, "serve");
        Path running = root.resolve("target/launcher/app").toRealPath();
        Files.writeString(root.resolve("core/src/main/A.java"), "class A { int changed; }");
        run(root, "serve");
        assertThat(root.resolve("target/launcher/app").toRealPath()).isNotEqualTo(running);
        assertThat(running.resolve("lib/sallyport.jar")).exists();
    }

    @Test
    void test_hands_the_rest_to_maven_and_its_failure_is_1() throws Exception {
        Result passed = run(root, "test", "-pl", "core");
        assertThat(passed.status()).isZero();
        assertThat(passed.output()).contains("maven -B -ntp -pl core verify");

        maven(root.resolve("mvnw"), "exit 7");
        assertThat(run(root, "test").status()).isEqualTo(1);
    }

    private long builds() throws IOException {
        try (var lines = Files.lines(root.resolve("builds"))) {
            return lines.count();
        }
    }

    /** A Maven that writes a line for each build, leaves a jar behind, and then does what {@code then} says. */
    private void maven(Path file, String then) throws IOException {
        script(file, """
                if [ "$1" = --version ]; then echo 'Apache Maven 3.9.9 (fake)'; exit 0; fi
                echo "maven $*"
                echo built >>'%s/builds'
                mkdir -p '%s/server/target/lib' '%s/server/target/demo' '%s/sql/target/graal'
                echo jar >'%s/server/target/lib/sallyport.jar'
                %s
                """.formatted(root, root, root, root, root, then));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = temp.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/javac"), "exit 0");
        script(home.resolve("bin/java"), """
                printf '%s' "$0"
                for each in "$@"; do
                  case $each in *' '*) printf ' [%s]' "$each" ;; *) printf ' %s' "$each" ;; esac
                done
                """);
        return home;
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Makes everything older than any build, so that a change within the same second counts. */
    private static void age(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path each : files.toList()) {
                Files.setLastModifiedTime(each, FileTime.from(Instant.now().minusSeconds(60)));
            }
        }
    }

    private Result run(Path directory, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(root.resolve("sallyport").toString()));
        command.addAll(List.of(args));
        return finish(start(directory, command, Map.of()));
    }

    private Process start(Path directory, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().remove("SALLYPORT_BUILD");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Result finish(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private record Result(int status, String output) {}
}
