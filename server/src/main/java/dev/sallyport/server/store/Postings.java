package dev.sallyport.server.store;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The positions in a block at which a term stands, in whichever of three forms is shortest: the steps from one to the
 * next, runs of neighbours, or one bit for each position.
 */
final class Postings {
    private static final int STEPS = 0;
    private static final int RUNS = 1;
    private static final int BITS = 2;

    private Postings() {}

    /** @param positions ascending, none twice */
    static byte[] encode(int[] positions) {
        byte[] steps = steps(positions);
        byte[] runs = runs(positions);
        byte[] shorter = steps.length <= runs.length ? steps : runs;
        int bitsLength = 2 + (positions[positions.length - 1] >>> 3);
        return bitsLength < shorter.length ? bits(positions) : shorter;
    }

    private static byte[] steps(int[] positions) {
        Packed out = new Packed(positions.length + 8).number(STEPS);
        int before = 0;
        for (int position : positions) {
            out.number(position - before);
            before = position;
        }
        return out.take();
    }

    private static byte[] runs(int[] positions) {
        Packed out = new Packed(16).number(RUNS);
        int before = 0;
        for (int i = 0; i < positions.length; ) {
            int start = i;
            while (++i < positions.length && positions[i] == positions[i - 1] + 1) {
                // to the end of the run
            }
            out.number(positions[start] - before).number(i - start);
            before = positions[i - 1];
        }
        return out.take();
    }

    private static byte[] bits(int[] positions) {
        byte[] out = new byte[2 + (positions[positions.length - 1] >>> 3)];
        out[0] = BITS;
        for (int position : positions) {
            out[1 + (position >>> 3)] |= (byte) (1 << (position & 7));
        }
        return out;
    }

    /** @param count how many entries the block has */
    static BitSet decode(byte[] encoded, int count) {
        Packed.Reader in = new Packed.Reader(encoded);
        BitSet found = switch (in.number(BITS)) {
            case STEPS -> readSteps(in, count);
            case RUNS -> readRuns(in, count);
            default -> BitSet.valueOf(Arrays.copyOfRange(encoded, 1, encoded.length));
        };
        if (found.length() > count) {
            throw new IllegalArgumentException("postings: up to " + found.length() + " (expected: " + count + ")");
        }
        return found;
    }

    private static BitSet readSteps(Packed.Reader in, int count) {
        BitSet found = new BitSet(count);
        int at = 0;
        while (!in.isAtEnd()) {
            at += in.number(count - at);
            found.set(at);
        }
        return found;
    }

    private static BitSet readRuns(Packed.Reader in, int count) {
        BitSet found = new BitSet(count);
        int at = 0;
        while (!in.isAtEnd()) {
            int start = at + in.number(count - at);
            int length = in.number(count - start);
            found.set(start, start + length);
            at = start + Math.max(0, length - 1);
        }
        return found;
    }
}
