package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.LogFollower;
import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.target.Secret;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.server.store.Indexer.Turn;
import dev.sallyport.server.store.Query.Criterion;
import dev.sallyport.server.store.SearchIndex.Found;
import dev.sallyport.server.store.SearchIndex.Hit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index does in every store. */
abstract class SearchIndexContract {
    static final SearchKey KEY = SearchKey.derive(Secret.of("a key of tests"));

    @TempDir
    Path directory;

    abstract Store store();

    @Test
    void finds_commands_by_all_that_the_log_says_of_them() throws Exception {
        write();
        index();

        assertThat(found(Facet.IDENTITY, "okta:bob")).containsExactly(6L, 4L, 3L);
        assertThat(found(Facet.IDENTITY, "eve")).containsExactly(5L);
        assertThat(found(Facet.GROUP, "okta:bobs")).containsExactly(6L, 4L, 3L);
        assertThat(found(Facet.GROUP, "okta:everyone")).containsExactly(6L, 5L, 4L, 3L);
        assertThat(found(Facet.CLIENT, "cid-eve")).containsExactly(5L);
        assertThat(found(Facet.TARGET, "orders")).containsExactly(7L, 6L, 4L, 3L);
        assertThat(found(Facet.ACTION, "delete")).containsExactly(5L);
        assertThat(found(Facet.OBJECT, "table:public.customers")).containsExactly(6L, 3L);
        assertThat(found(Facet.OBJECT, "public.orders")).containsExactly(5L, 4L);
        assertThat(found(Facet.OUTCOME, "deny")).containsExactly(5L);
        assertThat(found(Facet.OUTCOME, Facet.REFUSED)).containsExactly(7L);
        assertThat(found(Facet.RULE, "support/hold[0]")).containsExactly(4L);
        assertThat(found(Facet.RULE, "support")).containsExactly(6L, 5L, 4L, 3L);
        assertThat(found(Facet.INCIDENT, "inc-1")).containsExactly(5L);
        assertThat(found(Facet.INCIDENT, "inc-9")).containsExactly(7L);
        assertThat(found(Facet.SESSION, "s2")).containsExactly(5L);
        assertThat(found(Facet.IDENTITY, "okta:zoe")).containsExactly(7L);
        assertThat(found(Facet.IDENTITY, "bo")).isEmpty();
        assertThat(found(Facet.CLIENT, "")).isEmpty();
    }

    @Test
    void finds_words_of_statements_and_parameters_without_regard_to_case() throws Exception {
        write();
        index();

        assertThat(found(Facet.WORD, "CITY")).containsExactly(6L);
        assertThat(found(Facet.WORD, "bob@example.com")).containsExactly(3L);
        assertThat(found(Facet.WORD, "example")).containsExactly(3L);
        assertThat(found(Facet.WORD, "4711")).containsExactly(4L);
        assertThat(found(Facet.WORD, "zürich")).containsExactly(6L, 5L, 4L, 3L);
        assertThat(found(Facet.WORD, "77")).containsExactly(6L, 5L, 4L, 3L);
        assertThat(found(Facet.WORD, "hidden")).isEmpty();
        assertThat(found(Facet.WORD, "1")).isEmpty();
        assertThatThrownBy(() -> new Criterion(Facet.WORD, " ,")).hasMessageContaining("letters or digits");
    }

    @Test
    void all_that_is_asked_for_has_to_hold() throws Exception {
        write();
        index();

        assertThat(found(new Criterion(Facet.IDENTITY, "bob"), new Criterion(Facet.OBJECT, "public.customers")))
                .containsExactly(6L, 3L);
        assertThat(found(new Criterion(Facet.IDENTITY, "bob"), new Criterion(Facet.ACTION, "delete")))
                .isEmpty();
        assertThat(found(new Criterion(Facet.WORD, "email"), new Criterion(Facet.WORD, "city")))
                .isEmpty();
        assertThat(found()).containsExactly(7L, 6L, 5L, 4L, 3L);
    }

    @Test
    void finds_by_time_the_newest_first_and_says_where_there_is_more() throws Exception {
        write();
        index();

        Instant third = SampleLog.START.plusSeconds(4);
        try (SearchIndex index = SearchIndex.read(store(), LogPlace.of(directory), KEY)) {
            assertThat(records(index.find(new Query(Optional.of(third), Optional.empty(), List.of()), 100)))
                    .containsExactly(7L, 6L, 5L, 4L, 3L);
            assertThat(records(index.find(
                            new Query(Optional.of(third.plusMillis(1)), Optional.of(third.plusSeconds(2)), List.of()),
                            100)))
                    .containsExactly(4L);
            Found two = index.find(new Query(Optional.empty(), Optional.empty(), List.of()), 2);
            assertThat(records(two)).containsExactly(7L, 6L);
            assertThat(two.more()).isTrue();
            assertThat(index.find(new Query(Optional.empty(), Optional.empty(), List.of()), 5)
                            .more())
                    .isFalse();
            assertThat(two.progress().records()).isEqualTo(8);
            assertThat(two.progress().at()).contains(SampleLog.START.plusSeconds(8));
            assertThat(two.hits()).extracting(Hit::opened).containsExactly(-1L, 1L);
        }
    }

    @Test
    void goes_on_where_it_was_and_still_knows_who_is_behind_open_sessions() throws Exception {
        write();
        index();
        try (SampleLog log = new SampleLog(directory)) {
            log.read("s1", 4, "SELECT later");
        }
        index();

        assertThat(found(Facet.WORD, "later")).hasSize(1);
        assertThat(found(new Criterion(Facet.WORD, "later"), new Criterion(Facet.IDENTITY, "okta:bob")))
                .hasSize(1);
        assertThat(found(Facet.SESSION, "s1")).hasSize(4);
    }

    @Test
    void what_closed_or_ended_with_its_gateway_is_not_kept_as_open() throws Exception {
        try (SampleLog log = new SampleLog(directory)) {
            log.opened("s1", "bob", "orders").opened("s2", "eve", "orders").closed("s1");
        }
        index();
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            Terms terms = new Terms(KEY);
            OpenSessions open = index.openSessions();
            assertThat(open.find(terms.of(Facet.SESSION, "s1"))).isEmpty();
            assertThat(open.find(terms.of(Facet.SESSION, "s2"))).isPresent();
        }
        try (SampleLog log = new SampleLog(directory)) {
            log.started();
        }
        index();
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            assertThat(index.openSessions().find(new Terms(KEY).of(Facet.SESSION, "s2")))
                    .isEmpty();
        }
    }

    @Test
    void many_small_steps_end_in_few_blocks_and_nothing_is_lost() throws Exception {
        int count = 700;
        try (SampleLog log = new SampleLog(directory)) {
            log.opened("s", "bob", "orders");
            for (int i = 0; i < count; i++) {
                log.read("s", i, "SELECT n" + i + ", m" + i % 7);
            }
        }
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY);
                LogSource source = LogSource.from(LogPlace.of(directory), 0, LogFollower.WHATEVER_IS_WRITTEN)) {
            EventTerms events = index.events();
            Block.Builder block = new Block.Builder();
            long stored = 0;
            while (source.next(Duration.ZERO).orElse(null) instanceof LogFollower.Step.Event(var event)) {
                events.of(event).ifPresent(block::add);
                if (source.position() % 3 != 1) {
                    assertThat(index.append(
                                    stored,
                                    source.position(),
                                    0,
                                    block.count() == 0 ? Optional.empty() : Optional.of(block.build()),
                                    events.sessions()))
                            .isTrue();
                    stored = source.position();
                    block = new Block.Builder();
                }
            }
            if (block.count() > 0) {
                index.append(stored, source.position(), 0, Optional.of(block.build()), events.sessions());
            }
            assertThat(index.blocks()).isLessThan(40);
        }
        for (int i = 0; i < count; i += 37) {
            assertThat(found(Facet.WORD, "n" + i)).hasSize(1);
        }
        assertThat(found(Facet.WORD, "m3")).hasSize(100).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(found(Facet.SESSION, "s")).hasSize(count);
    }

    @Test
    void forgets_a_session() throws Exception {
        write();
        index();
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            index.forget("s1");
        }

        assertThat(found(Facet.SESSION, "s1")).isEmpty();
        assertThat(found(Facet.IDENTITY, "okta:bob")).isEmpty();
        assertThat(found(Facet.WORD, "city")).isEmpty();
        assertThat(found()).containsExactly(7L, 5L);
        assertThat(found(Facet.WORD, "zürich")).containsExactly(5L);
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            assertThat(index.openSessions().find(new Terms(KEY).of(Facet.SESSION, "s1")))
                    .isEmpty();
        }
    }

    @Test
    void forgets_a_session_when_it_is_erased_whether_or_not_it_was_in_the_index() throws Exception {
        for (String session : List.of("s3", "s4")) {
            try (SampleLog log = new SampleLog(directory)) {
                log.opened(session, "zed", "orders")
                        .read(session, 1, "SELECT erasable FROM x")
                        .closed(session);
                if (session.equals("s4")) {
                    index();
                    assertThat(found(Facet.WORD, "erasable")).hasSize(1);
                }
                log.erase(session);
            }
            index();
            assertThat(found(Facet.WORD, "erasable")).isEmpty();
            assertThat(found(Facet.IDENTITY, "okta:zed")).isEmpty();
        }
    }

    @Test
    void forgets_what_retention_deletes() throws Exception {
        write();
        index();
        try (SampleLog log = new SampleLog(directory)) {
            log.started().retain();
        }
        index();
        assertThat(found()).isEmpty();
    }

    @Test
    void forgets_what_the_log_no_longer_holds() throws Exception {
        write();
        index();
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            index.forgetBefore(5);
        }
        assertThat(found()).containsExactly(7L, 6L, 5L);
        assertThat(found(Facet.WORD, "4711")).isEmpty();
        assertThat(found(Facet.IDENTITY, "bob")).containsExactly(6L);
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            index.forgetBefore(1000);
        }
        assertThat(found()).isEmpty();
    }

    @Test
    void an_index_made_with_another_key_is_not_searched_but_made_anew() throws Exception {
        write();
        index();
        SearchKey other = SearchKey.derive(Secret.of("another key"));
        assertThatThrownBy(() -> SearchIndex.read(store(), LogPlace.of(directory), other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another key");
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), other)) {
            assertThat(index.progress().records()).isZero();
        }
    }

    @Test
    void an_index_that_is_ahead_of_the_log_is_made_anew() throws Exception {
        write();
        index();
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            assertThat(index.append(8, 1000, 0, Optional.empty(), index.openSessions()))
                    .isTrue();
            try (Indexer indexer = Indexer.begin(index, LogPlace.of(directory), () -> 8)) {
                assertThat(indexer.read(Duration.ZERO)).isEqualTo(Turn.STALE);
            }
            assertThat(index.progress().records()).isZero();
        }
        index();
        assertThat(found(Facet.SESSION, "s1")).containsExactly(6L, 4L, 3L);
    }

    @Test
    void of_two_who_write_one_writes_and_the_other_goes_on_from_there() throws Exception {
        write();
        try (SearchIndex one = SearchIndex.write(store(), LogPlace.of(directory), KEY);
                SearchIndex other = SearchIndex.write(store(), LogPlace.of(directory), KEY);
                Indexer first = Indexer.begin(one, LogPlace.of(directory), LogFollower.WHATEVER_IS_WRITTEN);
                Indexer second = Indexer.begin(other, LogPlace.of(directory), LogFollower.WHATEVER_IS_WRITTEN)) {
            first.read(Duration.ZERO);
            second.read(Duration.ZERO);
            assertThat(second.store()).isEqualTo(Turn.GOING);
            assertThat(first.store()).isEqualTo(Turn.STALE);
        }
        index();
        assertThat(found()).containsExactly(7L, 6L, 5L, 4L, 3L);
    }

    @Test
    void reindexing_makes_all_of_it_anew() throws Exception {
        write();
        index();
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            index.forget("s1");
        }
        List<Long> told = new ArrayList<>();
        assertThat(Reindexing.run(store(), LogPlace.of(directory), KEY, told::add)
                        .records())
                .isEqualTo(8);
        assertThat(found()).containsExactly(7L, 6L, 5L, 4L, 3L);
    }

    /** Eight records: three that open and start, four commands, and a refused connection. */
    void write() throws IOException {
        try (SampleLog log = new SampleLog(directory)) {
            log.started()
                    .opened("s1", "bob", "orders")
                    .opened("s2", "eve", "billing")
                    .read("s1", 1, "SELECT email FROM customers WHERE email = 'Bob@Example.com' AND x = $1")
                    .command("s1", 2, "UPDATE orders SET a = 4711", Action.UPDATE, "public.orders", "hold", "")
                    .command("s2", 1, "DELETE FROM orders", Action.DELETE, "public.orders", "deny", "inc-1")
                    .read("s1", 3, "SELECT city FROM \"Customers\"")
                    .refused("inc-9", "okta:zoe");
        }
    }

    void index() throws IOException, InterruptedException {
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY);
                Indexer indexer = Indexer.begin(index, LogPlace.of(directory), LogFollower.WHATEVER_IS_WRITTEN)) {
            assertThat(indexer.read(Duration.ZERO)).isEqualTo(Turn.AT_END);
            assertThat(indexer.store()).isEqualTo(Turn.GOING);
        }
    }

    List<Long> found(Facet facet, String text) throws IOException {
        return found(new Criterion(facet, text));
    }

    List<Long> found(Criterion... criteria) throws IOException {
        try (SearchIndex index = SearchIndex.read(store(), LogPlace.of(directory), KEY)) {
            return records(index.find(new Query(Optional.empty(), Optional.empty(), List.of(criteria)), 1000));
        }
    }

    static List<Long> records(Found found) {
        return found.hits().stream().map(Hit::record).toList();
    }
}
