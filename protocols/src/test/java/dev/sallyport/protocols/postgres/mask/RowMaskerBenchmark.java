package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.protocols.postgres.wire.Field;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Prints how fast rows are masked. Run by hand; docs/masking.md has the figures. */
final class RowMaskerBenchmark {
    private static final int ROWS = 500_000;
    private static final List<Field> FIELDS = List.of(
            Samples.field(23, -1, 0),
            Samples.field(25, -1, 0),
            Samples.field(25, -1, 0),
            Samples.field(1184, -1, 0),
            Samples.field(1700, -1, 0));
    private static final ByteBuf PLAIN = row("Jane Doe", "12 Main Street, Springfield");
    private static final ByteBuf TELLING = row("jane@example.com", "4111 1111 1111 1111");

    private RowMaskerBenchmark() {}

    public static void main(String[] args) {
        measure("detectors, nothing found", new ColumnPlan.Detect(), PLAIN);
        measure("detectors, two found", new ColumnPlan.Detect(), TELLING);
        measure("all columns redacted", new ColumnPlan.Replace(new Mask.Redact()), PLAIN);
        measure("all columns hashed", new ColumnPlan.Replace(new Mask.Hash()), PLAIN);
    }

    private static ByteBuf row(String name, String note) {
        return Samples.row(
                Samples.utf8("20871"),
                Samples.utf8(name),
                Samples.utf8(note),
                Samples.utf8("2026-01-31 12:30:45.123456+00"),
                Samples.utf8("99.95"));
    }

    private static void measure(String name, ColumnPlan plan, ByteBuf row) {
        RowMasker masker =
                new RowMasker(FIELDS, Collections.nCopies(FIELDS.size(), plan), Samples.values(Detector.values()));
        ByteBuf out = Unpooled.buffer(1024);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < ROWS; i++) {
                out.clear();
                masker.mask(row, out);
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        System.out.println(
                String.format(Locale.ROOT, "%-26s %5d ns a row of %d bytes", name, best / ROWS, row.readableBytes()));
    }
}
