package dev.sallyport.core.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a disk may have of a file: for each sector that was written since the last sync, what it held then and each that
 * was written over it; the disk may have any one of these, whatever it has of the others. Of the sizes it may have any
 * as well; a sector that the disk never got reads as zeros. Guarded by its disk's lock.
 */
final class SimulatedFile {
    static final int SECTOR_BYTES = 512;

    private byte[] bytes;
    private final Map<Integer, List<byte[]>> unsynced = new TreeMap<>();
    private final List<Integer> sizes = new ArrayList<>();

    /** A file that the disk has as it is. */
    SimulatedFile(byte[] bytes) {
        this.bytes = bytes.clone();
        sizes.add(bytes.length);
    }

    /** How much had been written when a sync began. */
    record Mark(int sizes, Map<Integer, Integer> sectors) {}

    int size() {
        return bytes.length;
    }

    void write(int offset, byte[] written) {
        Map<Integer, byte[]> before = sectors(offset, offset + written.length);
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length, offset + written.length));
        System.arraycopy(written, 0, bytes, offset, written.length);
        note(before);
    }

    void truncate(int length) {
        if (length < bytes.length) {
            Map<Integer, byte[]> before = sectors(length, bytes.length);
            bytes = Arrays.copyOf(bytes, length);
            note(before);
        }
    }

    private Map<Integer, byte[]> sectors(int from, int to) {
        Map<Integer, byte[]> sectors = new TreeMap<>();
        for (int sector = from / SECTOR_BYTES; sector * SECTOR_BYTES < to; sector++) {
            sectors.put(sector, sector(sector));
        }
        return sectors;
    }

    private byte[] sector(int number) {
        byte[] sector = new byte[SECTOR_BYTES];
        int start = Math.min(bytes.length, number * SECTOR_BYTES);
        System.arraycopy(bytes, start, sector, 0, Math.min(SECTOR_BYTES, bytes.length - start));
        return sector;
    }

    private void note(Map<Integer, byte[]> before) {
        before.forEach((sector, was) -> unsynced.computeIfAbsent(sector, first -> new ArrayList<>(List.of(was)))
                .add(sector(sector)));
        sizes.add(bytes.length);
    }

    /** What a sync that begins now makes durable when it is over. */
    Mark mark() {
        Map<Integer, Integer> versions = new TreeMap<>();
        unsynced.forEach((sector, all) -> versions.put(sector, all.size()));
        return new Mark(sizes.size(), versions);
    }

    /** The disk has at least what was written up to the mark. */
    void synced(Mark mark) {
        mark.sectors().forEach(this::synced);
        sizes.subList(0, mark.sizes() - 1).clear();
    }

    /** A sync that failed may have got this far. */
    void partlySynced(Mark mark, Random random) {
        mark.sectors().forEach((sector, versions) -> {
            if (random.nextBoolean()) {
                synced(sector, versions);
            }
        });
    }

    private void synced(int sector, int versions) {
        List<byte[]> all = unsynced.get(sector);
        all.subList(0, versions - 1).clear();
        if (all.size() == 1) {
            unsynced.remove(sector);
        }
    }

    /** What the disk has after the power was gone: one of all that it may have. */
    byte[] afterPowerLoss(Random random) {
        int size = sizes.get(random.nextInt(sizes.size()));
        byte[] kept = Arrays.copyOf(bytes, size);
        unsynced.forEach((sector, versions) -> {
            int start = sector * SECTOR_BYTES;
            byte[] version = versions.get(random.nextInt(versions.size()));
            if (start < size) {
                System.arraycopy(version, 0, kept, start, Math.min(SECTOR_BYTES, size - start));
            }
        });
        return kept;
    }
}
