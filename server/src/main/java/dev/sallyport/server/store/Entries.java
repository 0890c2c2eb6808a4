package dev.sallyport.server.store;

/**
 * What a block has in it: for each of its entries the record, its time, and the record that opened its session. Each is
 * written as what it differs from the entry before.
 */
@SuppressWarnings("ArrayRecordComponent") // a column each; compared by nobody
record Entries(long[] records, long[] times, long[] opened) {
    int count() {
        return records.length;
    }

    byte[] encode() {
        Packed out = new Packed(count() * 8);
        for (int i = 0; i < count(); i++) {
            out.number(records[i] - (i == 0 ? 0 : records[i - 1]))
                    .difference(times[i] - (i == 0 ? 0 : times[i - 1]))
                    .difference(opened[i] - (i == 0 ? 0 : opened[i - 1]));
        }
        return out.take();
    }

    static Entries decode(byte[] encoded, int count) {
        Packed.Reader in = new Packed.Reader(encoded);
        Entries entries = new Entries(new long[count], new long[count], new long[count]);
        for (int i = 0; i < count; i++) {
            entries.records[i] = in.number() + (i == 0 ? 0 : entries.records[i - 1]);
            entries.times[i] = in.difference() + (i == 0 ? 0 : entries.times[i - 1]);
            entries.opened[i] = in.difference() + (i == 0 ? 0 : entries.opened[i - 1]);
        }
        return entries;
    }
}
