package dev.sallyport.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.identity.Authentication.Authenticated;
import dev.sallyport.core.identity.Authentication.Reason;
import dev.sallyport.core.identity.Authentication.Refused;
import dev.sallyport.core.target.Secret;
import dev.sallyport.testkit.issuer.SigningKey;
import dev.sallyport.testkit.issuer.TestIssuer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When keys are fetched, and what happens when they cannot be: row I3 of the threats. */
class KeyCacheTest {
    private static final String URL = "https://issuer.test";

    private final MovableClock clock = new MovableClock();
    private final TestIssuer issuer = TestIssuer.offline(URL, clock);
    private final FakeFetcher fetcher = new FakeFetcher(issuer);
    private final IssuerSettings settings = IssuerSettings.discovered("okta", URL, Set.of("sallyport"));
    private final Authenticator authenticator = new Authenticator(List.of(settings), fetcher, clock);

    private Authentication authenticate(String token) {
        return authenticator.authenticate(Secret.of(token));
    }

    private Reason refusal(String token) {
        return ((Refused) authenticate(token)).reason();
    }

    @Test
    void fetches_once_for_any_number_of_tokens() {
        for (int i = 0; i < 100; i++) {
            assertThat(authenticate(issuer.token().mint())).isInstanceOf(Authenticated.class);
        }
        assertThat(fetcher.fetches).hasValue(1);
    }

    @Test
    void fetches_once_for_tokens_that_come_at_the_same_time() throws Exception {
        String token = issuer.token().mint();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        KeyFetcher slow = asked -> {
            entered.countDown();
            go.await();
            return fetcher.fetch(asked);
        };
        Authenticator shared = new Authenticator(List.of(settings), slow, clock);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Authentication>> results = IntStream.range(0, 50)
                    .mapToObj(i -> threads.submit(() -> shared.authenticate(Secret.of(token))))
                    .toList();
            entered.await();
            go.countDown();
            for (Future<Authentication> result : results) {
                assertThat(result.get()).isInstanceOf(Authenticated.class);
            }
        }
        assertThat(fetcher.fetches).hasValue(1);
    }

    @Test
    void asks_again_for_an_unknown_key_but_not_for_a_flood_of_them() {
        authenticate(issuer.token().mint());
        clock.advance(Duration.ofSeconds(10));
        for (int i = 0; i < 1000; i++) {
            assertThat(refusal(issuer.token().header("kid", "kid-" + i).mint())).isEqualTo(Reason.KEY_UNKNOWN);
        }
        assertThat(fetcher.fetches).hasValue(2);
        assertThat(authenticate(issuer.token().mint())).isInstanceOf(Authenticated.class);

        SigningKey rotated = issuer.rotate();
        clock.advance(Duration.ofSeconds(10));
        assertThat(authenticate(issuer.token(rotated).mint())).isInstanceOf(Authenticated.class);
        assertThat(fetcher.fetches).hasValue(3);
    }

    @Test
    void asks_again_for_a_key_made_right_after_the_first_were_fetched() {
        authenticate(issuer.token().mint());
        assertThat(authenticate(issuer.token(issuer.rotate()).mint())).isInstanceOf(Authenticated.class);
        assertThat(refusal(issuer.token().header("kid", "unknown").mint())).isEqualTo(Reason.KEY_UNKNOWN);
        assertThat(fetcher.fetches).hasValue(2);
    }

    @Test
    void asks_again_after_its_clock_was_set_back() {
        authenticate(issuer.token().mint());
        refusal(issuer.token().header("kid", "unknown").mint());
        clock.advance(Duration.ofHours(-1));
        assertThat(authenticate(issuer.token(issuer.rotate()).mint())).isInstanceOf(Authenticated.class);
    }

    @Test
    void keeps_known_keys_while_the_issuer_is_down() {
        String token = issuer.token().expiresIn(Duration.ofDays(30)).mint();
        authenticate(token);
        fetcher.down = true;
        for (int hour = 0; hour < 100; hour++) {
            clock.advance(Duration.ofHours(1));
            authenticate(issuer.token().header("kid", "unknown").mint());
            assertThat(authenticate(token)).isInstanceOf(Authenticated.class);
        }
        assertThat(((Refused) authenticate(
                                issuer.token().header("kid", "unknown").mint()))
                        .detail())
                .contains("issuer is down");
    }

    @Test
    void says_that_keys_are_unavailable_until_they_are() {
        fetcher.down = true;
        assertThat(refusal(issuer.token().mint())).isEqualTo(Reason.KEYS_UNAVAILABLE);
        fetcher.down = false;
        assertThat(refusal(issuer.token().mint())).isEqualTo(Reason.KEYS_UNAVAILABLE);
        clock.advance(Duration.ofSeconds(10));
        assertThat(authenticate(issuer.token().mint())).isInstanceOf(Authenticated.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"keys\":{}}", "<html>", "{\"keys\":[],\"keys\":[]}"})
    void keeps_known_keys_when_the_issuer_talks_nonsense(String nonsense) {
        KeyCache cache = new KeyCache(settings, fetcher, clock);
        cache.refreshIfDue();
        fetcher.text = Optional.of(nonsense);
        clock.advance(Duration.ofDays(1));
        cache.refreshIfDue();
        assertThat(fetcher.fetches).hasValue(2);
        assertThat(knows(cache, "key-1")).isTrue();
    }

    @Test
    void forgets_keys_that_the_issuer_withdrew() {
        KeyCache cache = new KeyCache(settings, fetcher, clock);
        cache.refreshIfDue();
        fetcher.text = Optional.of("{\"keys\":[]}");
        clock.advance(Duration.ofDays(1));
        cache.refreshIfDue();
        assertThatThrownBy(() -> cache.key(Optional.of("key-1"), SignatureAlgorithm.ES256))
                .isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @CsvSource({"PT0S,PT4M", "PT10M,PT8M", "P30D,PT19H12M", ",PT12M"})
    void refreshes_ahead_of_time_within_bounds(Duration maxAge, Duration expected) {
        fetcher.maxAge = Optional.ofNullable(maxAge);
        KeyCache cache = new KeyCache(settings, fetcher, clock);
        cache.refreshIfDue();
        clock.advance(expected.minusSeconds(1));
        assertThat(cache.isDue()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(cache.isDue()).isTrue();
        cache.refreshIfDue();
        cache.refreshIfDue();
        assertThat(fetcher.fetches).hasValue(2);
    }

    @Test
    void tries_again_soon_after_a_failure() {
        fetcher.down = true;
        KeyCache cache = new KeyCache(settings, fetcher, clock);
        cache.refreshIfDue();
        cache.refreshIfDue();
        assertThat(fetcher.fetches).hasValue(1);
        clock.advance(Duration.ofSeconds(10));
        fetcher.down = false;
        cache.refreshIfDue();
        assertThat(knows(cache, "key-1")).isTrue();
    }

    @Test
    void looks_at_a_file_every_few_seconds() {
        IssuerSettings file =
                IssuerSettings.of("okta", URL, new KeySource.JwksFile(Path.of("keys.json")), Set.of("sallyport"));
        KeyCache cache = new KeyCache(file, fetcher, clock);
        cache.refreshIfDue();
        clock.advance(Duration.ofSeconds(5));
        assertThat(cache.isDue()).isTrue();
    }

    @Test
    void keeps_the_keys_of_an_issuer_whose_other_settings_change() {
        authenticate(issuer.token().mint());
        fetcher.down = true;
        authenticator.replace(List.of(IssuerSettings.discovered("okta", URL, Set.of("gateway"))));
        assertThat(authenticate(issuer.token().audience("gateway").mint())).isInstanceOf(Authenticated.class);
        assertThat(refusal(issuer.token().mint())).isEqualTo(Reason.AUDIENCE_MISMATCH);
    }

    @Test
    void drops_the_keys_of_an_issuer_whose_source_changes() {
        authenticate(issuer.token().mint());
        fetcher.down = true;
        authenticator.replace(List.of(
                IssuerSettings.of("okta", URL, new KeySource.JwksFile(Path.of("keys.json")), Set.of("sallyport"))));
        assertThat(refusal(issuer.token().mint())).isEqualTo(Reason.KEYS_UNAVAILABLE);
    }

    private static boolean knows(KeyCache cache, String kid) {
        try {
            return cache.key(Optional.of(kid), SignatureAlgorithm.ES256).kid().equals(Optional.of(kid));
        } catch (Refusal unknown) {
            return false;
        }
    }
}
