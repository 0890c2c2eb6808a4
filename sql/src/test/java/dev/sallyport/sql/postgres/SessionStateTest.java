package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Effect;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionStateTest {
    private final SessionState session = Shop.session();

    private List<String> effects(String sql) {
        return Shop.facts(sql, session).effects().stream().map(Effect::toString).toList();
    }

    private void run(String sql) {
        Shop.run(sql, session);
    }

    @Test
    void execute_is_judged_by_what_was_prepared() {
        run("PREPARE p AS DELETE FROM orders");
        assertThat(effects("EXECUTE p")).containsExactly("delete table:public.orders (unfiltered)");
        assertThat(effects("EXPLAIN EXECUTE p")).containsExactly("read table:public.orders");
        assertThat(effects("EXPLAIN ANALYZE EXECUTE p")).containsExactly("delete table:public.orders (unfiltered)");
        assertThat(effects("CREATE TABLE x AS EXECUTE p"))
                .containsExactlyInAnyOrder("create table:public.x", "delete table:public.orders (unfiltered)");
    }

    @Test
    void execute_finds_what_the_protocol_prepared() {
        session.prepared("s1", Shop.analyse("SELECT ssn FROM customers"));
        assertThat(effects("EXECUTE s1")).containsExactly("read table:public.customers");
    }

    @Test
    void a_name_that_may_mean_two_statements_means_both() {
        run("PREPARE p AS SELECT 1");
        run("DEALLOCATE p");
        run("PREPARE p AS DELETE FROM orders");
        assertThat(effects("EXECUTE p")).contains("read value:", "delete table:public.orders (unfiltered)");
    }

    @Test
    void a_confirmed_deallocate_takes_the_meaning_away() {
        run("PREPARE p AS SELECT 1");
        Facts facts = Shop.run("DEALLOCATE p", session);
        facts.runs().forEach(statement -> session.completed(statement, session.now()));
        assertThat(effects("EXECUTE p")).containsExactly("unknown prepared:p");
    }

    @Test
    void a_name_with_too_many_meanings_is_unknown() {
        for (int i = 0; i < 100; i++) {
            run("PREPARE p AS SELECT " + i);
        }
        assertThat(effects("EXECUTE p")).contains("unknown prepared:p");
    }

    @Test
    void prepared_statements_that_execute_each_other_are_unknown() {
        session.prepared("a", Shop.analyse("EXECUTE b"));
        session.prepared("b", Shop.analyse("EXECUTE a"));
        assertThat(effects("EXECUTE a")).anyMatch(effect -> effect.startsWith("unknown prepared:"));
    }

    @Test
    void fetch_is_judged_by_the_cursors_query() {
        run("DECLARE c CURSOR FOR SELECT ssn FROM customers ORDER BY id");
        Facts facts = Shop.facts("FETCH ALL FROM c", session);
        assertThat(facts.effects()).extracting(Effect::toString).containsExactly("read table:public.customers");
        assertThat(facts.tables()).containsExactly("public.customers");
        assertThat(effects("FETCH 1 FROM other")).containsExactly("unknown cursor:other");
    }

    @Test
    void fetch_finds_a_portal_of_the_protocol() {
        session.portal("p1", Shop.analyse("SELECT * FROM orders"));
        assertThat(effects("FETCH 1 FROM p1")).containsExactly("read table:public.orders");
    }

    @Test
    void names_are_unknown_after_the_path_was_moved_until_it_is_told() {
        run("SET search_path = app");
        assertThat(session.isSearchPathKnown()).isFalse();
        assertThat(effects("SELECT * FROM orders")).containsExactly("read table:?.orders");
        session.searchPath(List.of("pg_catalog", "app"), false);
        assertThat(effects("SELECT * FROM orders")).containsExactly("read table:app.orders");
    }

    @Test
    void the_end_of_a_transaction_moves_the_path_back_only_if_it_was_moved() {
        assertThat(Shop.run("BEGIN; ROLLBACK", session).mayMoveSearchPath()).isFalse();
        run("BEGIN");
        run("SET LOCAL search_path = app");
        session.searchPath(List.of("pg_catalog", "app"), true);
        assertThat(Shop.run("COMMIT", session).mayMoveSearchPath()).isTrue();
        assertThat(session.isSearchPathKnown()).isFalse();
    }

    @Test
    void functions_of_others_may_move_the_path() {
        assertThat(Shop.facts("SELECT f(1)").mayMoveSearchPath()).isTrue();
        assertThat(Shop.facts("SELECT lower('x'), now()").mayMoveSearchPath()).isFalse();
        assertThat(Shop.facts("SELECT set_config('search_path', 'x', false)").mayMoveSearchPath())
                .isTrue();
        assertThat(Shop.facts("SELECT set_config('a.b', 'x', false)").mayMoveSearchPath())
                .isFalse();
        assertThat(Shop.facts("RESET ALL").mayMoveSearchPath()).isTrue();
        assertThat(Shop.facts("DISCARD ALL").mayMoveSearchPath()).isTrue();
        assertThat(Shop.facts("GRANT USAGE ON SCHEMA app TO x").mayMoveSearchPath())
                .isTrue();
    }

    @Test
    void an_executed_statement_that_moves_the_path_counts() {
        session.prepared("s", Shop.analyse("SET search_path = app"));
        assertThat(Shop.facts("EXECUTE s", session).mayMoveSearchPath()).isTrue();
    }

    @Test
    void a_temporary_table_comes_before_others_of_its_name_and_does_not_hide_them() {
        Facts made = Shop.run("CREATE TEMP TABLE orders (id int)", session);
        assertThat(made.definesTemporary()).isTrue();
        assertThat(effects("SELECT * FROM orders"))
                .containsExactlyInAnyOrder("read table:pg_temp.orders", "read table:public.orders");
        assertThat(effects("SELECT * FROM pg_temp.orders")).containsExactly("read table:pg_temp.orders");
        assertThat(Shop.facts("SELECT * FROM pg_temp.orders", session).tables()).containsExactly("pg_temp.orders");
    }

    @Test
    void a_temporary_view_may_show_any_table() {
        run("CREATE TEMP VIEW peek AS SELECT ssn FROM customers");
        session.catalogueRefreshed();
        assertThat(Shop.facts("SELECT * FROM peek", session).tables()).contains("?");
    }

    @Test
    void discard_takes_temporary_tables_away_when_it_is_confirmed() {
        run("CREATE TEMP TABLE mine (id int)");
        Shop.run("DISCARD TEMP", session).runs().forEach(statement -> session.completed(statement, session.now()));
        assertThat(effects("SELECT * FROM mine")).containsExactly("read table:?.mine");
    }

    @Test
    void tables_that_were_renamed_stay_unknown_until_the_catalogue_is_read_again() {
        Facts renamed = Shop.run("ALTER TABLE customers RENAME TO clients", session);
        assertThat(renamed.changesSchema()).isTrue();
        assertThat(effects("SELECT * FROM clients")).contains("read table:?.clients");
        assertThat(effects("SELECT * FROM public.customers")).contains("read table:?.customers");
        session.catalogueRefreshed();
        assertThat(effects("SELECT * FROM customers")).containsExactly("read table:public.customers");
    }

    @Test
    void a_new_table_can_be_used_before_the_catalogue_has_it() {
        run("CREATE TABLE fresh (id int)");
        assertThat(effects("INSERT INTO fresh VALUES (1)")).containsExactly("insert table:public.fresh");
    }

    @Test
    void a_function_made_in_the_session_is_unknown_whatever_its_name() {
        run("CREATE FUNCTION pg_catalog.lower(int) RETURNS int LANGUAGE sql AS 'select 1'");
        assertThat(effects("SELECT lower('x')")).contains("unknown function:?.lower");
    }

    @Test
    void what_was_never_told_is_unknown() {
        SessionState fresh = new SessionState();
        assertThat(Shop.facts("SELECT * FROM orders", fresh).effects())
                .extracting(Effect::toString)
                .containsExactly("read table:?.orders");
        assertThat(Shop.facts("SELECT * FROM public.orders", fresh).effects())
                .extracting(Effect::toString)
                .containsExactly("read table:public.orders");
    }

    /** An INSERT into a temporary table was said to insert and no more, whatever trigger the session had put there. */
    @Test
    void a_trigger_on_a_temporary_table_stays_known() {
        run("CREATE TEMP TABLE mine (id int)");
        run("CREATE TEMP TABLE other (id int)");
        assertThat(effects("INSERT INTO mine VALUES (1)")).containsExactly("insert table:pg_temp.mine");
        run("CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION risky()");
        session.catalogueRefreshed();
        assertThat(effects("INSERT INTO mine VALUES (1)"))
                .containsExactly("insert table:pg_temp.mine", "unknown table:pg_temp.mine");
        assertThat(effects("COPY mine FROM STDIN")).contains("unknown table:pg_temp.mine");
        // A foreign key may lead to the other.
        assertThat(effects("DELETE FROM other WHERE id = 1")).contains("unknown table:pg_temp.other");
        assertThat(effects("SELECT id FROM mine")).containsExactly("read table:pg_temp.mine");
    }

    @Test
    void a_temporary_table_keeps_its_trigger_under_another_name() {
        run("CREATE TEMP TABLE mine (id int)");
        run("CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION risky()");
        run("ALTER TABLE mine RENAME TO renamed");
        session.catalogueRefreshed();
        assertThat(effects("INSERT INTO renamed VALUES (1)"))
                .containsExactly("insert table:pg_temp.renamed", "unknown table:pg_temp.renamed");
    }

    @Test
    void a_trigger_made_in_the_open_transaction_makes_writing_unknown() {
        run("CREATE TRIGGER t AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION risky()");
        assertThat(effects("INSERT INTO orders VALUES (1)")).contains("unknown table:public.orders");
        assertThat(effects("SELECT id FROM orders")).doesNotContain("unknown table:public.orders");
    }
}
