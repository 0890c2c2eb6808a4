package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Detectors;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.Masker;
import dev.sallyport.core.target.Secret;
import dev.sallyport.protocols.postgres.wire.Field;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hand-made columns, values and rows. */
final class Samples {
    static final Masker MASKER = new Masker(Secret.of("0123456789abcdef"));
    static final Mask REDACT = new Mask.Redact();
    static final Mask HASH = new Mask.Hash();
    static final String CARD = "4111111111111111";

    private Samples() {}

    static Detectors detectors(Detector... kinds) {
        Map<Detector, Mask> masks = new EnumMap<>(Detector.class);
        Arrays.stream(kinds).forEach(kind -> masks.put(kind, REDACT));
        return new Detectors(masks, MASKER);
    }

    static ValueMasker values(Detector... kinds) {
        return new ValueMasker(MASKER, detectors(kinds));
    }

    static Field field(int typeOid, int typeModifier, int format) {
        return new Field("c", 0, 0, typeOid, -1, typeModifier, format);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** A DataRow's body. */
    static ByteBuf row(byte @Nullable []... values) {
        ByteBuf body = Unpooled.buffer().writeShort(values.length);
        for (byte[] value : values) {
            ValueMasker.write(value, body);
        }
        return body;
    }

    /** The values of one whole DataRow message. */
    static List<byte @Nullable []> valuesOf(ByteBuf message) {
        if (message.readByte() != 'D' || message.readInt() != message.readableBytes() + 4) {
            throw new AssertionError("not one DataRow");
        }
        int count = message.readShort();
        List<byte @Nullable []> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = message.readInt();
            byte[] value = length < 0 ? null : new byte[length];
            if (value != null) {
                message.readBytes(value);
            }
            values.add(value);
        }
        if (message.isReadable()) {
            throw new AssertionError("bytes behind the row");
        }
        return values;
    }
}
