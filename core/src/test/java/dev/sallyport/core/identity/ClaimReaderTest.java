package dev.sallyport.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimReaderTest {
    private static ClaimReader claims(Map<String, Object> claims) {
        return new ClaimReader(claims);
    }

    @Test
    void finds_groups_by_name_and_namespaces_them() {
        assertThat(claims(Map.of("groups", List.of("support", "on call", 7L, "")))
                        .groups("okta", "groups"))
                .containsExactlyInAnyOrder(new GroupName("okta", "support"), new GroupName("okta", "on call"));
    }

    @Test
    void finds_groups_by_path() {
        Map<String, Object> keycloak = Map.of("realm_access", Map.of("roles", List.of("support")));
        assertThat(claims(keycloak).groups("kc", "realm_access.roles")).containsExactly(new GroupName("kc", "support"));
    }

    @Test
    void finds_a_name_that_has_dots_itself() {
        Map<String, Object> auth0 = Map.of("https://acme.com/groups", List.of("support"));
        assertThat(claims(auth0).groups("auth0", "https://acme.com/groups")).hasSize(1);
    }

    @Test
    void prefers_the_whole_name_to_the_path() {
        Map<String, Object> both = Map.of("a.b", "whole", "a", Map.of("b", "path"));
        assertThat(claims(both).find("a.b")).contains("whole");
    }

    @Test
    void splits_one_string_at_spaces() {
        assertThat(claims(Map.of("scope", "read  write ")).groups("x", "scope"))
                .containsExactlyInAnyOrder(new GroupName("x", "read"), new GroupName("x", "write"));
    }

    @Test
    void takes_no_groups_from_a_claim_of_another_shape() {
        assertThat(claims(Map.of("groups", Map.of("support", true))).groups("x", "groups"))
                .isEmpty();
        assertThat(claims(Map.of("groups", true)).groups("x", "groups")).isEmpty();
        assertThat(claims(Map.of()).groups("x", "groups")).isEmpty();
        assertThat(claims(Map.of("groups", List.of("a"))).groups("x", "")).isEmpty();
        assertThat(claims(Map.of("a", "text")).groups("x", "a.b.c")).isEmpty();
    }

    @Test
    void takes_the_first_client_there_is() {
        List<String> order = IssuerSettings.Claims.DEFAULT_CLIENT;
        assertThat(claims(Map.of("azp", "c", "client_id", "b", "cid", "a")).client(order))
                .contains("a");
        assertThat(claims(Map.of("azp", "c", "client_id", "")).client(order)).contains("c");
        assertThat(claims(Map.of("azp", 5L)).client(order)).isEmpty();
    }

    @Test
    void follows_the_chain_of_actors_nearest_first() throws Refusal {
        Map<String, Object> act = Map.of("sub", "agent", "act", Map.of("sub", "orchestrator"));
        assertThat(claims(Map.of("act", act)).actors()).containsExactly("agent", "orchestrator");
        assertThat(claims(Map.of()).actors()).isEmpty();
    }

    @Test
    void refuses_an_actor_without_a_name() {
        assertThatThrownBy(() -> claims(Map.of("act", Map.of("client_id", "x"))).actors())
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> claims(Map.of("act", "agent")).actors()).isInstanceOf(Refusal.class);
    }
}
