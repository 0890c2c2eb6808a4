package dev.sallyport.protocols.postgres.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.target.Secret;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OAuthBearerTest {
    @Test
    void reads_the_token_of_the_client_s_first_message() {
        assertThat(token("n,,\1auth=Bearer abc.def.ghi\1\1")).contains(Secret.of("abc.def.ghi"));
        assertThat(token("y,,\1host=x\1auth=bearer abc\1\1")).contains(Secret.of("abc"));
    }

    @Test
    void takes_an_empty_token_as_the_question_where_to_get_one() {
        assertThat(token("n,,\1auth=\1\1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n,,",
                "n,,\1",
                "n,,\1\1",
                "n,,\1auth=Bearer abc",
                "n,,\1auth=Bearer abc\1",
                "n,,\1auth=Bearer abc\1\1x",
                "n,,\1auth=Basic abc\1\1",
                "n,,\1auth=Bearer \1\1",
                "n,,\1auth=Bearer a\1auth=Bearer b\1\1",
                "p=tls-server-end-point,,\1auth=Bearer abc\1\1",
                "n,a=root,\1auth=Bearer abc\1\1"
            })
    void refuses_every_other_form(String message) {
        assertThatThrownBy(() -> token(message)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void says_where_to_get_a_token_as_the_rfc_has_it() {
        assertThat(OAuthBearer.failure("https://issuer.example/.well-known/openid-configuration", "sallyport"))
                .isEqualTo("{\"status\":\"invalid_token\",\"openid-configuration\":"
                        + "\"https://issuer.example/.well-known/openid-configuration\",\"scope\":\"sallyport\"}");
    }

    private static Optional<Secret> token(String message) {
        return OAuthBearer.token(message.getBytes(StandardCharsets.US_ASCII));
    }
}
