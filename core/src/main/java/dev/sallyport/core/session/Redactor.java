package dev.sallyport.core.session;

import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.masking.Masker;
import dev.sallyport.core.masking.Masks;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Takes out of a command what the audit log and an approver must not see. */
public final class Redactor {
    /** String constants as PostgreSQL writes them: quoted, with the escapes of {@code E''}, or between dollar tags. */
    private static final Pattern CONSTANTS =
            Pattern.compile("'(?:[^'\\\\]|''|\\\\.)*+'|(\\$[A-Za-z_0-9]*+\\$).*?\\1", Pattern.DOTALL);

    private final Masker masker;

    public Redactor(Masker masker) {
        this.masker = masker;
    }

    /** The masks of {@code rules}, ready to be applied. */
    Masker masker() {
        return masker;
    }

    /** The command's text: a role's password is never shown, and what the detectors find is masked. */
    String text(Command command, Masks masks) {
        String text = command.text();
        if (mayHoldPassword(command)) {
            text = CONSTANTS.matcher(text).replaceAll("'[redacted]'");
        }
        return masks.detectors().mask(text);
    }

    /**
     * The bound values: where the command touches a table with masks it is not known which of them is a masked value, so
     * all of them become keyed digests.
     */
    List<RecordedParameter> parameters(Command command, Masks masks) {
        if (command.parameters().isEmpty()) {
            return List.of();
        }
        boolean digest = masks.touchAny(command.tables()) || mayHoldPassword(command);
        List<RecordedParameter> recorded = new ArrayList<>(command.parameters().size());
        for (Parameter parameter : command.parameters()) {
            recorded.add(digest ? digest(parameter) : shown(parameter, masks));
        }
        return recorded;
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
