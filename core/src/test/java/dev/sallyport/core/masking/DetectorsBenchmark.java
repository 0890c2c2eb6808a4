package dev.sallyport.core.masking;

import dev.sallyport.core.target.Secret;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Prints how fast all detectors together read texts of several kinds. Run by hand; docs/masking.md has the figures. */
final class DetectorsBenchmark {
    private static final int BYTES = 1 << 20;

    private DetectorsBenchmark() {}

    public static void main(String[] args) {
        Map<Detector, Mask> masks = new EnumMap<>(Detector.class);
        for (Detector detector : Detector.values()) {
            masks.put(detector, new Mask.Redact());
        }
        Detectors detectors = new Detectors(masks, new Masker(Secret.of("0123456789abcdef")));
        measure(detectors, "words", "the quick brown fox jumps over the lazy dog, again and again; ");
        measure(detectors, "short values", "Jane Doe");
        measure(detectors, "words and numbers", "order 20871 of 2024-01-31 12:30:45.123 costs 99.95 EUR; ");
        measure(
                detectors,
                "one hit in 1000 bytes",
                "the quick brown fox jumps over the lazy dog. ".repeat(22) + "jane@example.com ");
        measure(detectors, "a hit in every 50 bytes", "Jane Doe, jane@example.com, 4111 1111 1111 1111, ");
    }

    private static void measure(Detectors detectors, String name, String unit) {
        byte[] text = unit.length() < 20
                ? unit.getBytes(StandardCharsets.UTF_8)
                : unit.repeat(BYTES / unit.length()).getBytes(StandardCharsets.UTF_8);
        Findings found = new Findings();
        double best = 0;
        for (int round = 0; round < 12; round++) {
            long start = System.nanoTime();
            long bytes = 0;
            long sink = 0;
            while (bytes < 32L * BYTES) {
                if (detectors.find(text, 0, text.length, found)) {
                    sink += detectors.masked(text, 0, text.length, found).length;
                }
                bytes += text.length;
            }
            double megabytesPerSecond = bytes * 1e3 / (System.nanoTime() - start + (sink == 1 ? 1 : 0));
            best = Math.max(best, megabytesPerSecond);
        }
        System.out.println(String.format(Locale.ROOT, "%-26s %6.0f MB/s", name, best));
    }
}
