package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The commands that people run beside a gateway that is up. */
class CommandLineIT {
    @Test
    void its_configuration_validates_and_its_log_verifies_while_it_runs() {
        JsonNode ready = Demo.shared().ready();
        Run valid = Sallyport.run(
                Map.of(), "validate", "--config", ready.path("configDir").asString());
        assertThat(valid.status()).as(valid.all()).isZero();
        Run verified = Sallyport.run(
                Map.of(),
                "audit",
                "verify",
                "--audit-dir",
                ready.path("auditDir").asString());
        assertThat(verified.status()).as(verified.all()).isZero();
    }

    @Test
    void held_commands_are_decided_from_the_command_line() throws Exception {
        Demo demo = Demo.shared();
        Map<String, String> environment = Map.of(
                "SALLYPORT_TOKEN", demo.token("approver"),
                "SALLYPORT_URL", demo.admin().toString(),
                "SALLYPORT_CA_FILE", demo.caFile().toString());
        var held = CompletableFuture.supplyAsync(
                () -> new Psql(demo.as("writer")).command("UPDATE orders SET note = 'command-line' WHERE id = 4980"));
        String id;
        try (Approvers approvers = new Approvers(demo.admin(), demo.token("approver"), demo.caFile())) {
            id = approvers.await("'command-line'");
        }
        Run list = Sallyport.run(environment, "approvals", "list");
        assertThat(list.out()).as(list.all()).contains(id).contains("writer-bot");
        Run show = Sallyport.run(environment, "approvals", "show", id);
        assertThat(show.out()).as(show.all()).contains("update table:public.orders");
        Run own = Sallyport.run(
                Map.of(
                        "SALLYPORT_TOKEN", demo.token("writer"),
                        "SALLYPORT_URL", demo.admin().toString(),
                        "SALLYPORT_CA_FILE", demo.caFile().toString()),
                "approvals",
                "approve",
                id);
        assertThat(own.status()).as("nobody approves his own: %s", own.all()).isEqualTo(1);
        Run approved = Sallyport.run(environment, "approvals", "approve", id, "--comment", "seen");
        assertThat(approved.status()).as(approved.all()).isZero();
        assertThat(held.get(30, TimeUnit.SECONDS).out()).isEqualTo("UPDATE 1\n");
        Run after = Sallyport.run(environment, "approvals", "list");
        assertThat(after.out()).doesNotContain(id);
    }
}
