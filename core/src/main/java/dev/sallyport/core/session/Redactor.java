package dev.sallyport.core.session;

import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.CommandValues;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.command.ValueUse;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.Masker;
import dev.sallyport.core.masking.Masks;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes out of a command what the audit log and an approver must not see. In the log a value that is compared with or
 * stored into a masked column is masked as the column is, and so is one of which that is not known. An approver has to
 * judge what will run, so of the text only passwords and what detectors find are kept from them.
 */
public final class Redactor {
    /** String constants as PostgreSQL writes them: quoted, with the escapes of {@code E''}, or between dollar tags. */
    private static final Pattern CONSTANTS =
            Pattern.compile("'(?:[^'\\\\]|''|\\\\.)*+'|(\\$[A-Za-z_0-9]*+\\$).*?\\1", Pattern.DOTALL);

    private static final Mask REDACT = new Mask.Redact();

    /** PostgreSQL's types whose binary form is their text: text, varchar, char(n), name and what is not typed yet. */
    private static final Set<String> TEXTS = Set.of("25", "1043", "1042", "19", "705");

    private final Masker masker;

    public Redactor(Masker masker) {
        this.masker = masker;
    }

    /** The masks of {@code rules}, ready to be applied. */
    Masker masker() {
        return masker;
    }

    /** The command's text as an approver sees it: without a role's password, and what the detectors find is masked. */
    String shown(Command command, Masks masks) {
        return shown(command, command.text(), masks);
    }

    /** The command's text as the log keeps it: in what an approver sees, constants for masked columns are masked too. */
    String recorded(Command command, Masks masks) {
        String text = masks.touchAny(command.tables()) ? masked(command, masks) : command.text();
        return shown(command, text, masks);
    }

    private static String shown(Command command, String text, Masks masks) {
        String free = mayHoldPassword(command) ? CONSTANTS.matcher(text).replaceAll("'[redacted]'") : text;
        return masks.detectors().mask(free);
    }

    private static String masked(Command command, Masks masks) {
        String text = command.text();
        StringBuilder masked = new StringBuilder(text.length());
        int done = 0;
        for (CommandValues.Constant constant : command.values().constants()) {
            Optional<Mask> mask = maskOn(constant.use(), masks);
            if (mask.isPresent()) {
                masked.append(text, done, constant.start()).append(masked(constant, mask.get(), masks));
                done = constant.end();
            }
        }
        return masked.append(text, done, text.length()).toString();
    }

    private static String masked(CommandValues.Constant constant, Mask mask, Masks masks) {
        return switch (constant.form()) {
            case COMMENT -> "/* " + Masker.REDACTED + " */";
            case LITERAL ->
                mask instanceof Mask.Null
                        ? "NULL"
                        : "'" + masked(constant.value(), mask, masks).replace("'", "''") + "'";
        };
    }

    private static String masked(Optional<String> value, Mask mask, Masks masks) {
        return value.map(text -> masks.masker().mask(mask, text)).orElse(Masker.REDACTED);
    }

    /** The strictest mask on what a value is for; only where it is the column's own value may any of it be kept. */
    private static Optional<Mask> maskOn(ValueUse use, Masks masks) {
        Mask strictest = null;
        boolean itself = true;
        for (ValueUse.OfColumn column : use.columns()) {
            Mask mask =
                    masks.columns().strictest(column.table(), column.column()).orElse(null);
            if (mask != null) {
                strictest = strictest == null ? mask : Mask.stricter(strictest, mask);
                itself &= column.itself();
            }
        }
        return strictest == null
                ? Optional.empty()
                : Optional.of(itself ? strictest : Mask.stricter(strictest, REDACT));
    }

    /** The bound values; where the command touches a table with masks, each by what it is for. */
    List<RecordedParameter> parameters(Command command, Masks masks) {
        if (command.parameters().isEmpty()) {
            return List.of();
        }
        boolean touches = masks.touchAny(command.tables());
        boolean digest = mayHoldPassword(command);
        List<RecordedParameter> recorded = new ArrayList<>(command.parameters().size());
        for (int i = 0; i < command.parameters().size(); i++) {
            Parameter parameter = command.parameters().get(i);
            Optional<Mask> mask = touches ? maskOn(command.values().parameter(i), masks) : Optional.empty();
            recorded.add(
                    digest
                            ? digest(parameter)
                            : mask.map(with -> masked(parameter, with, masks))
                                    .orElseGet(() -> shown(parameter, masks)));
        }
        return recorded;
    }

    private static RecordedParameter masked(Parameter parameter, Mask mask, Masks masks) {
        if (mask instanceof Mask.Null || parameter.value().isEmpty()) {
            return new RecordedParameter(parameter.type(), "text", Optional.empty());
        }
        boolean isText = !parameter.binary() || TEXTS.contains(parameter.type());
        Optional<String> text = isText ? utf8(parameter.value().get()) : Optional.empty();
        String masked = masked(text, mask, masks);
        return new RecordedParameter(parameter.type(), "text", Optional.of(masked.getBytes(StandardCharsets.UTF_8)));
    }

    private RecordedParameter digest(Parameter parameter) {
        return new RecordedParameter(
                parameter.type(), "digest", parameter.value().map(masker::hash));
    }

    private RecordedParameter shown(Parameter parameter, Masks masks) {
        if (parameter.value().isEmpty()) {
            return new RecordedParameter(parameter.type(), "text", Optional.empty());
        }
        byte[] value = parameter.value().get();
        Optional<String> text = utf8(value);
        if (text.isEmpty() || masks.detectors().isEmpty()) {
            return new RecordedParameter(parameter.type(), parameter.binary() ? "binary" : "text", parameter.value());
        }
        String masked = masks.detectors().mask(text.get());
        return masked.equals(text.get())
                ? new RecordedParameter(parameter.type(), parameter.binary() ? "binary" : "text", parameter.value())
                : new RecordedParameter(parameter.type(), "text", Optional.of(masked.getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean mayHoldPassword(Command command) {
        for (Effect effect : command.effects()) {
            boolean makes = effect.action() == Action.CREATE
                    || effect.action() == Action.ALTER
                    || effect.action() == Action.ADMIN
                    || effect.action() == Action.UNKNOWN;
            if (makes
                    && (effect.object().kind().equals("role")
                            || effect.object().kind().equals("other"))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> utf8(byte[] value) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
