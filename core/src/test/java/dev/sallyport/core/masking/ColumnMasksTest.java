package dev.sallyport.core.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.MaskRules.ResultMask;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnMasksTest {
    private final ColumnMasks masks = new ColumnMasks(new MaskRules(
            List.of(
                    new ColumnMask("public", "customers", "ssn", new Mask.KeepLast(4)),
                    new ColumnMask("public", "*", "*mail*", new Mask.Hash()),
                    new ColumnMask("*", "customers", "email", new Mask.Redact()),
                    new ColumnMask("hr", "*", "*", new Mask.Null())),
            List.of(new ResultMask("*token*", new Mask.Redact()), new ResultMask("api_token", new Mask.Null())),
            Map.of()));

    @Test
    void gives_the_strictest_mask_on_a_column() {
        assertThat(masks.ofColumn("public", "customers", "ssn")).contains(new Mask.KeepLast(4));
        assertThat(masks.ofColumn("public", "customers", "email")).contains(new Mask.Redact());
        assertThat(masks.ofColumn("public", "orders", "mailbox")).contains(new Mask.Hash());
        assertThat(masks.ofColumn("hr", "staff", "name")).contains(new Mask.Null());
        assertThat(masks.ofColumn("public", "customers", "name")).isEmpty();
        assertThat(masks.ofColumn("other", "orders", "mailbox")).isEmpty();
    }

    @Test
    void shows_what_a_function_tells_where_no_mask_on_the_column_hides_that() {
        ColumnMasks exempting = new ColumnMasks(new MaskRules(
                List.of(
                        new ColumnMask("public", "people", "*", new Mask.Null(), Set.of("avg", "sum")),
                        new ColumnMask("public", "people", "pay", new Mask.Redact(), Set.of("sum"))),
                List.of(),
                Map.of()));
        assertThat(exempting.strictest("public.people", "age", "avg")).isEmpty();
        assertThat(exempting.strictest("public.people", "age", "max")).contains(new Mask.Null());
        assertThat(exempting.strictest("public.people", "age")).contains(new Mask.Null());
        assertThat(exempting.strictest("public.people", "pay", "sum")).isEmpty();
        assertThat(exempting.strictest("public.people", "pay", "avg")).contains(new Mask.Redact());
        assertThat(exempting.strictest("?", "*", "")).contains(new Mask.Null());
    }

    @Test
    void compares_without_regard_to_case() {
        assertThat(masks.ofColumn("Public", "CUSTOMERS", "SSN")).isPresent();
        assertThat(masks.ofResult("API_Token")).contains(new Mask.Null());
        assertThat(masks.ofResult("myToken2")).contains(new Mask.Redact());
        assertThat(masks.ofResult("name")).isEmpty();
    }

    @Test
    void counts_what_is_not_determined_as_touched() {
        assertThat(masks.touchesTable("public.customers")).isTrue();
        assertThat(masks.touchesTable("other.orders")).isFalse();
        assertThat(masks.touchesTable("?")).isTrue();
        assertThat(masks.touchesTable("?.customers")).isTrue();
        assertThat(masks.touchesTable("customers")).isTrue();
        assertThat(masks.touchesTable("other", "customers")).isTrue();
        assertThat(ColumnMasks.NONE.touchesTable("?")).isFalse();
        assertThat(masks.touchesColumn("public.customers", "ssn")).isTrue();
        assertThat(masks.touchesColumn("public.customers", "name")).isFalse();
        assertThat(masks.touchesColumn("public.customers", "*")).isTrue();
        assertThat(masks.touchesColumn("?", "ssn")).isTrue();
        assertThat(masks.touchesColumn("?.customers", "ssn")).isTrue();
        assertThat(masks.touchesColumn("other.orders", "*")).isFalse();
    }

    @Test
    void redacts_what_the_server_keeps_elsewhere() {
        ColumnMasks closed = new ColumnMasks(new MaskRules(
                List.of(new ColumnMask("*", "*", "ssn", new Mask.KeepLast(4))),
                List.of(),
                Map.of(),
                Set.of(ServerCopies.Kind.STATISTICS)));
        assertThat(closed.strictest("pg_catalog.pg_stats", "most_common_vals")).contains(new Mask.Redact());
        assertThat(closed.strictest("pg_catalog.pg_stats", "*")).contains(new Mask.Redact());
        assertThat(closed.strictest("pg_catalog.pg_stats", "null_frac")).isEmpty();
        assertThat(closed.ofColumn("pg_catalog", "pg_statistic", "stavalues1")).contains(new Mask.Redact());
        assertThat(closed.strictest("pg_catalog.pg_stat_activity", "query")).isEmpty();
        assertThat(masks.strictest("pg_catalog.pg_stats", "most_common_vals")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a*b, ab, true",
        "a*b, axxb, true",
        "a*b, a, false",
        "ab*ba, aba, false",
        "*, '', true",
        "**, x, true",
        "a*b*c, aXbYc, true",
        "a*b*c, acb, false",
        "*b*b, b, false",
        "a.c, abc, false",
        "A, a, true",
    })
    void matches_patterns(String pattern, String name, boolean matches) {
        assertThat(new Glob(pattern).matches(Glob.fold(name))).isEqualTo(matches);
    }
}
