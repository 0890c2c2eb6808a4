package dev.sallyport.protocols.postgres.mask;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rows of any form, in columns of any type with any mask: masked and well-formed, or a {@link ProtocolViolation}. The
 * first bytes of each input choose the columns; the rest is what the target sends.
 */
class MaskFuzzTest {
    private static final int[] TYPES = {25, 114, 3802, 142, 2950, 17, 20, 1700, 701, 869, 23, 1009, 2249, 99_999, 1042};
    private static final ColumnPlan[] PLANS = {
        new ColumnPlan.Pass(),
        new ColumnPlan.Detect(),
        new ColumnPlan.Replace(new Mask.Redact()),
        new ColumnPlan.Replace(new Mask.Null()),
        new ColumnPlan.Replace(new Mask.KeepLast(2)),
        new ColumnPlan.Replace(new Mask.KeepFirst(3)),
        new ColumnPlan.Replace(new Mask.Hash())
    };
    private static final CopyFormat[] FORMATS = {
        CopyFormat.Text.DEFAULT,
        new CopyFormat.Text('|', "nil", true),
        CopyFormat.Csv.DEFAULT,
        new CopyFormat.Csv(';', '\'', '\\', "NULL", true),
        new CopyFormat.Binary()
    };
    /** No mask makes more of a value than this, nor does a format's quoting. */
    private static final int MOST_GROWTH = 256;

    @FuzzTest
    void rows(byte[] input) {
        Reader reader = new Reader(input);
        int count = reader.next(6);
        Plan plan = plan(reader, count, Optional.empty());
        ByteBuf body = reader.rest();
        ByteBuf before = body.copy();
        ByteBuf out = Unpooled.buffer();
        try {
            new RowMasker(plan.fields(), plan.plans(), Samples.values(Detector.values())).mask(body, out);
            assertThat(out.readableBytes()).isLessThan(MOST_GROWTH * (body.readableBytes() + count + 1));
            assertThat(Samples.valuesOf(out)).hasSize(count);
        } catch (ProtocolViolation expected) {
            assertThat(out.isReadable()).isFalse();
        }
        assertThat(body).isEqualTo(before);
    }

    @FuzzTest
    void copies(byte[] input) {
        Reader reader = new Reader(input);
        CopyFormat format = FORMATS[reader.next(FORMATS.length)];
        int pieceBytes = 1 + reader.next(16);
        int count = 1 + reader.next(4);
        Plan plan = plan(reader, count, Optional.of(format instanceof CopyFormat.Binary ? 1 : 0));
        ByteBuf stream = reader.rest();

        Optional<ByteBuf> whole = copied(format, plan, stream, Integer.MAX_VALUE);
        Optional<ByteBuf> inPieces = copied(format, plan, stream, pieceBytes);

        assertThat(inPieces).isEqualTo(whole);
        whole.ifPresent(
                out -> assertThat(out.readableBytes()).isLessThan(MOST_GROWTH * (stream.readableBytes() + count + 1)));
    }

    /** Values with a constant text before and behind, as by {@code 'no. ' || ssn}: only these texts are left of them. */
    @FuzzTest
    void affixed(byte[] input) {
        Reader reader = new Reader(input);
        Field column = Samples.field(TYPES[reader.next(TYPES.length)], -1, reader.next(2));
        String prefix = reader.text(reader.next(4));
        String suffix = reader.text(reader.next(4));
        byte[] value = reader.bytes();
        ColumnPlan.Replace plan = new ColumnPlan.Replace(new Mask.Redact(), prefix, suffix);
        String redacted = "[redacted]";
        ByteBuf out = Unpooled.buffer();

        for (byte[] each : List.of(value, Samples.utf8(prefix + new String(value, StandardCharsets.UTF_8) + suffix))) {
            out.clear();
            new RowMasker(List.of(column), List.of(plan), Samples.values()).mask(Samples.row(each), out);
            byte[] masked = Samples.valuesOf(out).getFirst();
            if (masked != null) {
                assertThat(new String(masked, StandardCharsets.UTF_8).replaceFirst("^\u0001", ""))
                        .isIn(redacted, prefix + redacted + suffix, '"' + redacted + '"', "\\x", "");
            }
        }
    }

    /** The same in a stream. */
    @FuzzTest
    void affixed_copies(byte[] input) {
        Reader reader = new Reader(input);
        CopyFormat format = FORMATS[reader.next(FORMATS.length)];
        int pieceBytes = 1 + reader.next(16);
        Field column = Samples.field(25, -1, format instanceof CopyFormat.Binary ? 1 : 0);
        ColumnPlan.Replace replace =
                new ColumnPlan.Replace(new Mask.KeepLast(1 + reader.next(3)), reader.text(1), reader.text(2));
        Plan plan = new Plan(List.of(column), List.of(replace));
        ByteBuf stream = reader.rest();

        Optional<ByteBuf> whole = copied(format, plan, stream, Integer.MAX_VALUE);

        assertThat(copied(format, plan, stream, pieceBytes)).isEqualTo(whole);
        whole.ifPresent(out -> assertThat(out.readableBytes()).isLessThan(MOST_GROWTH * (stream.readableBytes() + 2)));
    }

    private static Optional<ByteBuf> copied(CopyFormat format, Plan plan, ByteBuf stream, int pieceBytes) {
        CopyMasker masker = new CopyMasker(format, plan.fields(), plan.plans(), Samples.values(Detector.values()), 512);
        ByteBuf out = Unpooled.buffer();
        ByteBuf in = stream.duplicate();
        try {
            while (in.isReadable()) {
                masker.data(in.readSlice(Math.min(pieceBytes, in.readableBytes())), out);
            }
            masker.done();
            return Optional.of(out);
        } catch (ProtocolViolation expected) {
            return Optional.empty();
        }
    }

    private record Plan(List<Field> fields, List<ColumnPlan> plans) {}

    private static Plan plan(Reader reader, int count, Optional<Integer> format) {
        List<Field> fields = new ArrayList<>();
        List<ColumnPlan> plans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int type = TYPES[reader.next(TYPES.length)];
            int choice = reader.next(PLANS.length * 2);
            fields.add(Samples.field(type, -1, format.orElse(choice % 2)));
            plans.add(PLANS[choice / 2]);
        }
        return new Plan(fields, plans);
    }

    /** Takes choices from the start of an input. */
    private static final class Reader {
        private final byte[] input;
        private int at;

        Reader(byte[] input) {
            this.input = input;
        }

        int next(int bound) {
            return at < input.length ? Byte.toUnsignedInt(input[at++]) % bound : 0;
        }

        /** So many letters, which are one byte each. */
        String text(int length) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append((char) ('a' + next(26)));
            }
            return text.toString();
        }

        byte[] bytes() {
            return Arrays.copyOfRange(input, at, input.length);
        }

        ByteBuf rest() {
            return Unpooled.wrappedBuffer(input, at, input.length - at);
        }
    }
}
