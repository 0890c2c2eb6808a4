package dev.sallyport.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.CommandValues;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.command.ValueUse;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.Masker;
import dev.sallyport.core.masking.Masks;
import dev.sallyport.core.target.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedactorTest {
    private static final Masker MASKER = new Masker(Secret.of("0123456789abcdef"));
    private static final Redactor REDACTOR = new Redactor(MASKER);
    private static final Masks MASKS = Masks.of(
            new MaskRules(
                    List.of(
                            new ColumnMask("public", "people", "ssn", new Mask.KeepLast(4)),
                            new ColumnMask("public", "people", "pin", new Mask.Null()),
                            new ColumnMask("public", "people", "mail", new Mask.Hash())),
                    List.of(),
                    Map.of(Detector.EMAIL, new Mask.Redact())),
            MASKER);

    private static final ValueUse NAME = column("name", true);
    private static final ValueUse SSN = column("ssn", true);
    private static final ValueUse OF_SSN = column("ssn", false);
    private static final ValueUse PIN = column("pin", true);
    private static final ValueUse MAIL = column("mail", true);

    private static ValueUse column(String name, boolean itself) {
        return new ValueUse(Set.of(new ValueUse.OfColumn("public.people", name, itself)));
    }

    /** A command in whose text these uses are those of the words in quotes, from left to right, and of the parameters. */
    private static Command command(String text, String table, List<Parameter> parameters, ValueUse... uses) {
        CommandValues values = new CommandValues() {
            @Override
            public ValueUse parameter(int index) {
                return uses[index];
            }

            @Override
            public List<Constant> constants() {
                List<Constant> constants = new ArrayList<>();
                int end = -1;
                for (ValueUse use : uses) {
                    int start = text.indexOf('\'', end + 1);
                    end = text.indexOf('\'', start + 1);
                    Optional<String> value = Optional.of(text.substring(start + 1, end));
                    constants.add(new Constant(start, end + 1, Form.LITERAL, value, use));
                }
                return constants;
            }
        };
        return new Command(
                text,
                parameters,
                List.of(Effect.of(Action.READ, "table", table)),
                Set.of(table),
                Set.of(),
                AnswerShape.DESCRIBED,
                false,
                List.of(),
                values);
    }

    private static Parameter text(String value) {
        return new Parameter("25", false, Optional.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static String shown(RecordedParameter parameter) {
        return parameter.form() + " "
                + parameter
                        .value()
                        .map(value -> new String(value, StandardCharsets.UTF_8))
                        .orElse("-");
    }

    @Test
    void masks_in_the_recorded_text_what_is_for_a_masked_column() {
        Command command = command(
                "name = 'Ada' AND ssn = '123-45-6789' AND f(ssn) = '6789' AND pin = '1' AND mail = 'a'",
                "public.people",
                List.of(),
                NAME,
                SSN,
                OF_SSN,
                PIN,
                MAIL);
        assertThat(REDACTOR.recorded(command, MASKS))
                .isEqualTo("name = 'Ada' AND ssn = '*******6789' AND f(ssn) = '[redacted]' AND pin = NULL AND mail = '"
                        + MASKER.hash("a") + "'");
    }

    @Test
    void shows_an_approver_the_text_that_will_run() {
        Command command = command("ssn = '123-45-6789', to 'a@b.example'", "public.people", List.of(), SSN, NAME);
        assertThat(REDACTOR.shown(command, MASKS)).isEqualTo("ssn = '123-45-6789', to '[redacted]'");
    }

    @Test
    void masks_what_is_for_nobody_knows_which_column_by_the_strictest_mask() {
        Command command = command("'x'", "public.people", List.of(text("y")), ValueUse.UNKNOWN);
        assertThat(REDACTOR.recorded(command, MASKS)).isEqualTo("NULL");
        assertThat(REDACTOR.parameters(command, MASKS))
                .extracting(RedactorTest::shown)
                .containsExactly("text -");
    }

    @Test
    void leaves_a_command_that_touches_no_masked_table_to_the_detectors() {
        Command command =
                command("'x' 'a@b.example'", "public.parcels", List.of(text("y")), ValueUse.UNKNOWN, ValueUse.UNKNOWN);
        assertThat(REDACTOR.recorded(command, MASKS)).isEqualTo("'x' '[redacted]'");
        assertThat(REDACTOR.parameters(command, MASKS))
                .extracting(RedactorTest::shown)
                .containsExactly("text y");
    }

    @Test
    void masks_parameters_by_what_they_are_for() {
        Parameter number = new Parameter("23", true, Optional.of(new byte[] {0, 0, 0, 7}));
        Parameter binaryText = new Parameter("25", true, text("123-45-6789").value());
        Parameter none = new Parameter("25", false, Optional.empty());
        List<Parameter> parameters =
                List.of(text("Ada"), text("123-45-6789"), binaryText, number, text("6789"), none, number);
        Command command = command(
                "f('', '', '', '', '', '', '')", "public.people", parameters, NAME, SSN, SSN, SSN, OF_SSN, SSN, PIN);
        assertThat(REDACTOR.parameters(command, MASKS))
                .extracting(RedactorTest::shown)
                .containsExactly(
                        "text Ada",
                        "text *******6789",
                        "text *******6789",
                        "text [redacted]",
                        "text [redacted]",
                        "text -",
                        "text -");
    }
}
