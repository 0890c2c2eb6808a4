package dev.sallyport.core.masking;

import java.util.Arrays;

/**
 * What detectors found in one text: ranges that do not overlap, in order, each with its mask. Where matches overlap they
 * become one range under the strictest of their masks, so that no match is lost to another. To be used again for the
 * next text; not safe to share between threads.
 */
public final class Findings {
    private int[] starts = new int[4];
    private int[] ends = new int[4];
    private Mask[] masks = new Mask[4];
    private int count;
    private Mask current = new Mask.Redact();
    private boolean ordered = true;

    public boolean isEmpty() {
        return count == 0;
    }

    public int count() {
        return count;
    }

    /** The first byte of a range. */
    public int start(int range) {
        return starts[range];
    }

    /** The byte behind a range. */
    public int end(int range) {
        return ends[range];
    }

    /** What stands in a range's place. */
    public Mask mask(int range) {
        return masks[range];
    }

    void clear() {
        count = 0;
        ordered = true;
    }

    /** The mask of what is added from here on. */
    void addUnder(Mask mask) {
        current = mask;
    }

    void add(int start, int end) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
            masks = Arrays.copyOf(masks, count * 2);
        }
        ordered &= count == 0 || starts[count - 1] <= start;
        starts[count] = start;
        ends[count] = end;
        masks[count] = current;
        count++;
    }

    /** Puts the ranges in order and joins those that overlap. */
    void settle() {
        if (!ordered) {
            sort();
        }
        int last = 0;
        for (int i = 1; i < count; i++) {
            if (starts[i] < ends[last]) {
                ends[last] = Math.max(ends[last], ends[i]);
                masks[last] = Mask.stricter(masks[last], masks[i]);
            } else {
                last++;
                starts[last] = starts[i];
                ends[last] = ends[i];
                masks[last] = masks[i];
            }
        }
        count = Math.min(count, last + 1);
    }

    private void sort() {
        long[] order = new long[count];
        for (int i = 0; i < count; i++) {
            order[i] = ((long) starts[i] << 32) | i;
        }
        Arrays.sort(order);
        int[] sortedStarts = new int[starts.length];
        int[] sortedEnds = new int[starts.length];
        Mask[] sortedMasks = new Mask[starts.length];
        for (int i = 0; i < count; i++) {
            int from = (int) order[i];
            sortedStarts[i] = starts[from];
            sortedEnds[i] = ends[from];
            sortedMasks[i] = masks[from];
        }
        starts = sortedStarts;
        ends = sortedEnds;
        masks = sortedMasks;
        ordered = true;
    }
}
