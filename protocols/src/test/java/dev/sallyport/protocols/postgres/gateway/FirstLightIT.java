package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.postgres.RawClient;
import org.junit.jupiter.api.Test;

class FirstLightIT {
    @Test
    void a_client_with_a_token_runs_a_query() throws Exception {
        try (TestGateway gateway = TestGateway.allowingAll();
                RawClient client = gateway.raw(gateway.bot("all"))) {
            assertThat(RawClient.tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
            try (var jdbc = gateway.jdbc(gateway.bot("all"));
                    var rows = jdbc.createStatement().executeQuery("SELECT 42")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(42);
            }
        }
    }
}
