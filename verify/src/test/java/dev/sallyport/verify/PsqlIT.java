package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** psql with nothing changed but address, database name, password and TLS settings. */
class PsqlIT {
    private static final Psql ADMIN = new Psql(Demo.shared().as("admin"));
    private static final Psql READER = new Psql(Demo.shared().as("reader"));

    @TempDir
    private Path temp;

    @BeforeAll
    static void make_a_table() {
        Run run = ADMIN.script("""
                DROP TABLE IF EXISTS psql_items;
                CREATE TABLE psql_items (id integer PRIMARY KEY, name text, price numeric(8,2) DEFAULT 1.5);
                INSERT INTO psql_items SELECT i, 'item ' || i FROM generate_series(1, 100) i;
                """);
        assertThat(run.status()).as(run.all()).isZero();
    }

    @Test
    void meta_commands_show_what_they_show_without_the_gateway() {
        Psql direct = new Psql(Demo.shared().direct());
        for (String command : List.of(
                "\\dt",
                "\\d psql_items",
                "\\d+ customers",
                "\\di",
                "\\dv",
                "\\dn",
                "\\l",
                "\\du",
                "\\df",
                "\\dT",
                "\\dp psql_items",
                "\\d open_orders",
                "\\sf abs(integer)",
                "\\encoding")) {
            Run expected = direct.script(command + "\n");
            Run through = ADMIN.script(command + "\n");
            assertThat(through.err()).as(command).isEqualTo(expected.err());
            assertThat(through.out()).as(command).isEqualTo(expected.out());
        }
    }

    @Test
    void a_bot_that_may_only_read_can_list_and_describe_the_tables() {
        Psql direct = new Psql(Demo.shared().direct());
        for (String command : List.of(
                "\\dt",
                "\\di",
                "\\dv",
                "\\dn",
                "\\df",
                "\\dT",
                "\\d customers",
                "\\d+ customers",
                "\\d+ orders",
                "\\d orders_by_customer",
                "\\d+ open_orders")) {
            Run run = READER.script(command + "\n");
            assertThat(run.status()).as(run.all()).isZero();
            assertThat(run.out())
                    .as(command)
                    .isEqualTo(direct.script(command + "\n").out());
        }
    }

    @Test
    void says_which_connection_it_has() {
        Run run = ADMIN.script("\\conninfo\n");
        assertThat(run.out()).contains("database \"shop\"").contains("SSL connection");
    }

    @Test
    void runs_several_statements_of_one_command() {
        Run run = ADMIN.command("SELECT 'one'; SELECT 'two'; SELECT count(*) FROM psql_items WHERE id <= 100");
        assertThat(run.out()).as(run.all()).isEqualTo("one\ntwo\n100\n");
    }

    @Test
    void several_statements_of_one_command_are_one_transaction() {
        Run run = ADMIN.command("INSERT INTO psql_items VALUES (901, 'gone'); SELECT 1/0");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("division by zero");
        assertThat(ADMIN.command("SELECT count(*) FROM psql_items WHERE id = 901")
                        .out())
                .isEqualTo("0\n");
    }

    @Test
    void commits_and_rolls_back() {
        Run run = ADMIN.script("""
                BEGIN;
                INSERT INTO psql_items VALUES (501, 'kept');
                SAVEPOINT s;
                INSERT INTO psql_items VALUES (502, 'undone');
                ROLLBACK TO s;
                COMMIT;
                BEGIN;
                DELETE FROM psql_items WHERE id = 501;
                ROLLBACK;
                SELECT string_agg(name, ',') FROM psql_items WHERE id IN (501, 502);
                DELETE FROM psql_items WHERE id = 501;
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("\nkept\n");
    }

    @Test
    void an_error_inside_a_transaction_fails_it_until_rollback() {
        Run run = ADMIN.run("BEGIN;\nSELECT 1/0;\nSELECT 'too late';\nROLLBACK;\nSELECT 'again';\n");
        assertThat(run.err()).contains("division by zero").contains("current transaction is aborted");
        assertThat(run.out()).doesNotContain("too late").contains("again");
    }

    @Test
    void errors_arrive_with_all_their_fields() {
        Run run = ADMIN.run("\\set VERBOSITY verbose\nINSERT INTO psql_items VALUES (1, 'twice');\nSELECT nothing;\n");
        assertThat(run.err())
                .contains("23505")
                .contains("DETAIL:  Key (id)=(1) already exists.")
                .contains("CONSTRAINT NAME:  psql_items_pkey")
                .contains("LINE 1: SELECT nothing;")
                .contains("42703");
    }

    @Test
    void notices_arrive_in_place() {
        Run run = ADMIN.script("DROP TABLE IF EXISTS psql_not_there;\nSELECT 'after';\n");
        assertThat(run.err()).contains("NOTICE:  table \"psql_not_there\" does not exist, skipping");
        assertThat(run.out()).contains("after");
    }

    @Test
    void copies_out_and_in_again() throws Exception {
        Path file = temp.resolve("items.csv");
        Run run = ADMIN.script("""
                \\copy psql_items TO '%s' CSV HEADER
                CREATE TABLE psql_copy (LIKE psql_items);
                \\copy psql_copy FROM '%s' CSV HEADER
                SELECT 'same' WHERE NOT EXISTS (TABLE psql_items EXCEPT TABLE psql_copy);
                COPY psql_copy (id, name) FROM STDIN;
                7001\tfrom standard input
                7002\t\\N
                \\.
                SELECT name IS NULL FROM psql_copy WHERE id >= 7001 ORDER BY id;
                \\copy (SELECT id FROM psql_copy WHERE id > 7000 ORDER BY id) TO STDOUT
                DROP TABLE psql_copy;
                """.formatted(file, file));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("same\n", "COPY 2\n", "f\nt\n", "7001\n7002\n");
        assertThat(Files.readAllLines(file)).hasSizeGreaterThan(100).contains("1,item 1,1.50");
    }

    @Test
    void a_copy_that_fails_half_way_leaves_nothing_and_the_session_goes_on() {
        Run run = ADMIN.run("""
                COPY psql_items (id, name) FROM STDIN;
                8001\tfine
                not a number\tbad
                \\.
                SELECT 'on';
                SELECT count(*) FROM psql_items WHERE id = 8001;
                """);
        assertThat(run.err()).contains("invalid input syntax for type integer");
        assertThat(run.out()).contains("on\n0\n");
    }

    @Test
    void fetches_a_large_result_by_cursor() {
        Run run = ADMIN.script("\\set FETCH_COUNT 1000\nSELECT i FROM generate_series(1, 20000) i;\n");
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().count()).isEqualTo(20_000);
    }

    @Test
    void a_result_of_a_million_rows_arrives_whole() throws Exception {
        Path out = temp.resolve("million");
        Run run =
                ADMIN.run("", "-o", out.toString(), "-c", "SELECT i, md5(i::text) FROM generate_series(1, 1000000) i");
        assertThat(run.status()).as(run.all()).isZero();
        try (var lines = Files.lines(out)) {
            assertThat(lines.count()).isEqualTo(1_000_000);
        }
    }

    @Test
    void describes_and_executes_what_it_built() {
        Run run = ADMIN.script("""
                SELECT id, name, price FROM psql_items \\gdesc
                SELECT format('SELECT %s', n) FROM generate_series(1, 3) n \\gexec
                PREPARE one (int) AS SELECT name FROM psql_items WHERE id = $1;
                EXECUTE one(7);
                DEALLOCATE one;
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("price|numeric(8,2)", "1\n2\n3\n", "item 7");
    }

    @Test
    void control_c_cancels_what_runs_and_only_that() throws Exception {
        Path out = temp.resolve("cancelled");
        Process psql = ADMIN.start(out, "-c", "SELECT 'psql-started', pg_sleep(60)");
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> running("psql-started"));
            Process kill = new ProcessBuilder("kill", "-INT", Long.toString(psql.pid())).start();
            assertThat(kill.waitFor()).isZero();
            assertThat(psql.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(out)).contains("canceling statement due to user request");
        } finally {
            psql.destroyForcibly();
        }
    }

    @Test
    void sees_masked_columns() {
        String sql = "SELECT name, email, ssn, card_number FROM customers WHERE id = 1";
        String[] clear =
                new Psql(Demo.shared().direct()).command(sql).out().strip().split("\\|");
        String[] masked = READER.command(sql).out().strip().split("\\|");
        assertThat(masked).hasSize(4);
        assertThat(masked[0]).isEqualTo(clear[0]);
        assertThat(masked[1]).doesNotContain(clear[1]).doesNotContain("@");
        assertThat(masked[2])
                .endsWith(clear[2].substring(clear[2].length() - 4))
                .isNotEqualTo(clear[2]);
        assertThat(masked[3]).isNotEqualTo(clear[3]).doesNotContain(clear[3].substring(0, 8));
    }

    @Test
    void a_copy_of_a_masked_table_is_masked_as_well() {
        Run run = READER.script("\\copy customers TO STDOUT\n");
        assertThat(run.status()).as(run.all()).isZero();
        assertThat(run.out().lines().count()).isEqualTo(500);
        assertThat(run.out()).doesNotContain("@example.com");
    }

    @Test
    void a_denial_says_why_and_the_session_goes_on() {
        Run run = READER.run("\\set VERBOSITY verbose\nDROP TABLE customers;\nSELECT 'still here';\n");
        assertThat(run.err())
                .contains("42501: Schema changes go through migrations.")
                .containsPattern("DETAIL: .*[0-9A-Za-z]{8,}")
                .contains("HINT:");
        assertThat(run.out()).contains("still here");
    }

    @Test
    void a_denial_fails_the_transaction_it_stands_in() {
        Run run = READER.run("BEGIN;\nDROP TABLE customers;\nSELECT 'too late';\nROLLBACK;\nSELECT 'again';\n");
        assertThat(run.err())
                .contains("Schema changes go through migrations.")
                .contains("current transaction is aborted");
        assertThat(run.out()).doesNotContain("too late").contains("again");
    }

    @Test
    void one_denied_statement_denies_the_message() {
        Run run = READER.command("SELECT 'before'; DROP TABLE customers");
        assertThat(run.out()).doesNotContain("before");
        assertThat(run.err()).contains("Schema changes go through migrations.");
    }

    @Test
    void large_objects_are_refused_and_the_session_goes_on() throws Exception {
        Path file = Files.writeString(temp.resolve("object"), "content");
        Run run = READER.run("\\lo_import '" + file + "'\nSELECT 'still here';\n");
        assertThat(run.err()).isNotEmpty();
        assertThat(run.out()).doesNotContain("lo_import ").contains("still here");
    }

    @Test
    void a_held_update_says_so_and_runs_once_it_is_approved() throws Exception {
        Demo demo = Demo.shared();
        String sql = "UPDATE orders SET note = 'psql-held' WHERE id = 4711";
        try (Approvers approvers = new Approvers(demo.admin(), demo.token("approver"), demo.caFile())) {
            CompletableFuture<Run> held = CompletableFuture.supplyAsync(() -> new Psql(demo.as("writer")).command(sql));
            String id = approvers.await("psql-held");
            assertThat(held).isNotDone();
            approvers.approve(id);
            Run run = held.get(30, TimeUnit.SECONDS);
            assertThat(run.out()).isEqualTo("UPDATE 1\n");
            assertThat(run.err()).contains("NOTICE:").contains(id).contains("demo:approvers");
        }
    }

    @Test
    void a_held_update_that_is_denied_says_so_and_does_not_run() throws Exception {
        Demo demo = Demo.shared();
        String sql = "UPDATE orders SET note = 'psql-denied' WHERE id = 4712";
        try (Approvers approvers = new Approvers(demo.admin(), demo.token("approver"), demo.caFile())) {
            CompletableFuture<Run> held = CompletableFuture.supplyAsync(() -> new Psql(demo.as("writer")).command(sql));
            approvers.deny(approvers.await("psql-denied"));
            Run run = held.get(30, TimeUnit.SECONDS);
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).contains("ERROR:").contains("not approved");
        }
        Run stored = new Psql(demo.direct()).command("SELECT count(*) FROM orders WHERE note = 'psql-denied'");
        assertThat(stored.out()).isEqualTo("0\n");
    }

    @Test
    void a_held_update_of_a_client_that_leaves_is_withdrawn() throws Exception {
        Demo demo = Demo.shared();
        try (Approvers approvers = new Approvers(demo.admin(), demo.token("approver"), demo.caFile())) {
            Process psql = new Psql(demo.as("writer"))
                    .start(temp.resolve("left"), "-c", "UPDATE orders SET note = 'psql-left' WHERE id = 4713");
            String id = approvers.await("psql-left");
            psql.destroyForcibly();
            await().atMost(Duration.ofSeconds(10)).until(() -> !approvers.waits(id));
        }
        Run stored = new Psql(demo.direct()).command("SELECT count(*) FROM orders WHERE note = 'psql-left'");
        assertThat(stored.out()).isEqualTo("0\n");
    }

    @Test
    void a_bad_token_gets_one_neutral_text() {
        Run run = new Psql(Demo.shared().as("reader").showing("not-a-token")).command("SELECT 1");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("FATAL:").doesNotContain("not-a-token");
    }

    @Test
    void a_target_that_does_not_exist_is_refused_clearly() {
        Run run = new Psql(Demo.shared().as("reader").to("nowhere")).command("SELECT 1");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("FATAL:");
    }

    private static boolean running(String marker) {
        Run run = new Psql(Demo.shared().direct())
                .command("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%" + marker
                        + "%' AND pid <> pg_backend_pid() AND state = 'active'");
        return !run.out().strip().equals("0");
    }
}
