package dev.sallyport.core.masking;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A set of detectors, each with its mask: finds what they recognise in texts and puts the masks in its place. Time grows
 * with a text's length only. A text is read once; what it holds (an {@code @}, digits, dots) tells which detectors have
 * to look closer, so that most texts are read no second time and nothing is allocated for them. Safe to call from any
 * thread.
 *
 * <p>All that detectors recognise is written in ASCII characters, so they read UTF-8 bytes as they are; the surroundings
 * of a match may be any text. docs/masking.md says what exactly each recognises.
 */
public final class Detectors {
    /** How often what lies between findings is looked at again; each round after the first needs a chain of values. */
    private static final int MOST_ROUNDS = 4;

    private final Scanner[] scanners;
    private final Scanner.Need[][] needs;
    private final Mask[] masks;
    private final Masker masker;

    public Detectors(Map<Detector, Mask> detectors, Masker masker) {
        this.masker = masker;
        scanners = new Scanner[detectors.size()];
        needs = new Scanner.Need[detectors.size()][];
        masks = new Mask[detectors.size()];
        int next = 0;
        for (Detector detector : Detector.values()) {
            Mask mask = detectors.get(detector);
            if (mask != null) {
                scanners[next] = Scanner.of(detector);
                needs[next] = scanners[next].needs().toArray(Scanner.Need[]::new);
                masks[next] = mask;
                next++;
            }
        }
    }

    /** Whether nothing is looked for. */
    public boolean isEmpty() {
        return scanners.length == 0;
    }

    /** The text with a mask in each match's place; the same instance where nothing matched. */
    public String mask(String text) {
        if (!isWorthwhile(Traits.of(text), text.length() * 3L)) {
            return text;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Findings found = new Findings();
        return find(utf8, 0, utf8.length, found)
                ? new String(masked(utf8, 0, utf8.length, found), StandardCharsets.UTF_8)
                : text;
    }

    /**
     * Looks through the bytes from {@code from} to before {@code to} of a UTF-8 text.
     *
     * @param found is filled with what was found, and with that alone
     * @return whether anything was found
     */
    public boolean find(byte[] utf8, int from, int to, Findings found) {
        found.clear();
        if (!scan(utf8, from, to, found)) {
            return false;
        }
        found.settle();
        int known = 0;
        for (int round = 0; round < MOST_ROUNDS && known != found.count(); round++) {
            known = found.count();
            scanBetween(utf8, from, to, found, known);
            found.settle();
        }
        return true;
    }

    private boolean scan(byte[] utf8, int from, int to, Findings found) {
        if (scanners.length == 0) {
            return false;
        }
        long traits = Traits.of(utf8, from, to);
        for (int i = 0; i < scanners.length; i++) {
            if (isMet(needs[i], traits, to - from)) {
                found.addUnder(masks[i]);
                scanners[i].scan(utf8, from, to, found);
            }
        }
        return !found.isEmpty();
    }

    /**
     * Looks again at what lies between the findings: a value that was no match because of what it stood next to may be
     * one beside a mask.
     */
    private void scanBetween(byte[] utf8, int from, int to, Findings found, int known) {
        for (int i = 0; i <= known; i++) {
            int start = i == 0 ? from : found.end(i - 1);
            int end = i == known ? to : found.start(i);
            boolean tied = start < end && ((i > 0 && !isApart(utf8[start])) || (i < known && !isApart(utf8[end - 1])));
            if (tied) {
                scan(utf8, start, end, found);
            }
        }
    }

    /** Whether what stands behind this character is judged as if it stood alone. */
    private static boolean isApart(byte c) {
        return switch (c) {
            case ' ', '\t', '\n', '\r', ',', ';', '"', '<', '>', '=' -> true;
            default -> false;
        };
    }

    /** The bytes of the range with the mask in each finding's place. */
    public byte[] masked(byte[] utf8, int from, int to, Findings found) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 16);
        int copied = from;
        for (int i = 0; i < found.count(); i++) {
            out.write(utf8, copied, found.start(i) - copied);
            out.writeBytes(maskOf(utf8, found, i).getBytes(StandardCharsets.UTF_8));
            copied = found.end(i);
        }
        out.write(utf8, copied, to - copied);
        return out.toByteArray();
    }

    /** What stands in the place of one finding. */
    public String maskOf(byte[] utf8, Findings found, int range) {
        int start = found.start(range);
        String value = new String(utf8, start, found.end(range) - start, StandardCharsets.UTF_8);
        return masker.mask(found.mask(range), value);
    }

    private boolean isWorthwhile(long traits, long mostBytes) {
        int bytes = (int) Math.min(mostBytes, Integer.MAX_VALUE);
        for (Scanner.Need[] alternatives : needs) {
            if (isMet(alternatives, traits, bytes)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMet(Scanner.Need[] alternatives, long traits, int bytes) {
        for (Scanner.Need need : alternatives) {
            if (need.isMet(traits, bytes)) {
                return true;
            }
        }
        return false;
    }
}
