package dev.sallyport.core.approval;

import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.target.TargetName;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes one digest of everything that an approval speaks of: who, through whom, where, what, with which values, and what
 * it was understood to do to which objects under which settings. Any difference in any of them is another digest, since
 * every part is written with its length or count before it, and text as its UTF-16 units, which no encoding can fold.
 */
public final class CommandDigest {
    private static final String VERSION = "sallyport command digest 1";

    private final MessageDigest sha256;

    private CommandDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public static Digest of(Identity identity, TargetName target, Command command) {
        CommandDigest digest = new CommandDigest();
        digest.text(VERSION);
        digest.identity(identity);
        digest.text(target.value());
        digest.command(command);
        return new Digest(HexFormat.of().formatHex(digest.sha256.digest()));
    }

    private void identity(Identity identity) {
        text(identity.issuer());
        text(identity.subject());
        list(identity.client().stream().toList(), this::text);
        list(identity.actors(), this::text);
    }

    private void command(Command command) {
        text(command.text());
        list(command.parameters(), this::parameter);
        list(command.effects(), this::effect);
        list(command.tables().stream().sorted().toList(), this::text);
        list(
                command.columns().stream()
                        .sorted(Comparator.comparing(ColumnUse::table)
                                .thenComparing(ColumnUse::column)
                                .thenComparing(ColumnUse::role)
                                .thenComparing(use -> use.extent().label()))
                        .toList(),
                this::column);
        text(command.answer().name());
        flag(command.inTransaction());
        list(command.context(), this::text);
    }

    private void parameter(Parameter parameter) {
        text(parameter.type());
        flag(parameter.binary());
        list(parameter.value().stream().toList(), this::bytes);
    }

    /** Without the detail, which plays no part in what it does. */
    private void effect(Effect effect) {
        text(effect.action().name());
        text(effect.object().kind());
        text(effect.object().name());
        flag(effect.filtered());
    }

    private void column(ColumnUse use) {
        text(use.table());
        text(use.column());
        text(use.role().name());
        text(use.extent().label());
    }

    private <T> void list(List<T> elements, Consumer<T> one) {
        number(elements.size());
        elements.forEach(one);
    }

    private void text(String text) {
        ByteBuffer units = ByteBuffer.allocate(text.length() * 2);
        text.chars().forEach(unit -> units.putChar((char) unit));
        bytes(units.array());
    }

    private void bytes(byte[] bytes) {
        number(bytes.length);
        sha256.update(bytes);
    }

    private void flag(boolean flag) {
        sha256.update((byte) (flag ? 1 : 0));
    }

    private void number(int number) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    }
}
