package dev.sallyport.protocols.postgres.mask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextScrubberTest {
    private final TextScrubber scrubber = new TextScrubber(Samples.detectors(Detector.EMAIL));

    private static ErrorFields violation() {
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put('S', "FEHLER");
        fields.put('V', "ERROR");
        fields.put('C', "23505");
        fields.put('M', "duplicate key value violates unique constraint \"customers_ssn_key\"");
        fields.put('D', "Key (ssn)=(123-45-6789) already exists.");
        fields.put('H', "123-45-6789");
        fields.put('W', "PL/pgSQL function f(text) with 123-45-6789");
        fields.put('q', "SELECT '123-45-6789'");
        fields.put('p', "3");
        fields.put('P', "12");
        fields.put('s', "public");
        fields.put('t', "customers");
        fields.put('n', "customers_ssn_key");
        fields.put('F', "nbtinsert.c");
        fields.put('?', "123-45-6789");
        return new ErrorFields(fields);
    }

    @Test
    void withholds_every_text_of_a_command_that_touches_masked_columns() {
        ErrorFields withheld = scrubber.withheld(violation());

        assertThat(withheld.byCode().keySet()).containsExactly('S', 'V', 'C', 'M', 'D', 'P', 's', 't', 'n', 'F');
        assertThat(withheld.get('C')).isEqualTo("23505");
        assertThat(withheld.get('V')).isEqualTo("ERROR");
        assertThat(withheld.get('M')).isEqualTo("unique violation");
        assertThat(withheld.get('D')).isEqualTo("withheld: the command touches masked columns");
        assertThat(withheld.byCode().values()).noneMatch(text -> text.contains("6789"));
    }

    @Test
    void names_a_code_it_does_not_know_by_its_class() {
        assertThat(SqlStates.conditionOf("23999")).isEqualTo("integrity constraint violation");
        assertThat(SqlStates.conditionOf("ZZ123")).isEqualTo("error");
        assertThat(SqlStates.conditionOf("secret")).isEqualTo("error");
        assertThat(SqlStates.conditionOf("")).isEqualTo("error");
        assertThat(SqlStates.conditionOf("42501")).isEqualTo("insufficient privilege");
        assertThat(SqlStates.conditionOf("25P04")).isEqualTo("transaction timeout");
    }

    @Test
    void lets_no_code_through_that_is_none() {
        ErrorFields withheld = scrubber.withheld(new ErrorFields(Map.of('C', "a@b.co", 'M', "x")));

        assertThat(withheld.get('C')).isEqualTo("XX000");
        assertThat(withheld.get('M')).isEqualTo("error");
    }

    @Test
    void believes_code_no_name_and_no_code_that_is_not_known() {
        ErrorFields withheld = scrubber.withheld(violation(), name -> name != 'n');
        assertThat(withheld.byCode().keySet()).containsExactly('S', 'V', 'C', 'M', 'D', 'P', 's', 't', 'F');
        assertThat(withheld.get('C')).isEqualTo("23505");

        ErrorFields raised = scrubber.withheld(new ErrorFields(Map.of('C', "12345", 'M', "x")), name -> true);
        assertThat(raised.get('C')).isEqualTo("P0001");
        assertThat(raised.get('M')).isEqualTo("error");
    }

    @Test
    void masks_what_detectors_find_in_other_messages() {
        ErrorFields scrubbed = scrubber.scrubbed(ErrorFields.of("ERROR", "22P02", "invalid: a@b.co", "at a@b.co", ""));

        assertThat(scrubbed.get('M')).isEqualTo("invalid: [redacted]");
        assertThat(scrubbed.get('D')).isEqualTo("at [redacted]");
        assertThat(scrubbed.get('C')).isEqualTo("22P02");
        assertThat(scrubber.scrubbed("payload a@b.co")).isEqualTo("payload [redacted]");
    }

    @Test
    void gives_back_what_has_nothing_to_hide() {
        ErrorFields fields = ErrorFields.of("ERROR", "22P02", "invalid", "", "");

        assertThat(scrubber.scrubbed(fields)).isSameAs(fields);
        assertThat(new TextScrubber(Samples.detectors()).scrubbed(fields)).isSameAs(fields);
    }
}
