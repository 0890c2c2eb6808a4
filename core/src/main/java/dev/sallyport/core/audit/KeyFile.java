package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentReader.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is in a segment's file of keys. An erasure overwrites an entry where it stands, and a crash may leave that half
 * done: what is behind such an entry is still good.
 *
 * @param header the file's
 * @param whole the entries whose checksum is right
 * @param broken what stands between them, as it is
 * @param end where the last of both ends; what is behind was being written
 */
record KeyFile(SegmentHeader header, List<StoredRecord> whole, List<StoredRecord> broken, long end) {
    KeyFile {
        whole = List.copyOf(whole);
        broken = List.copyOf(broken);
    }

    static KeyFile read(Path path) throws IOException {
        List<StoredRecord> whole = new ArrayList<>();
        List<StoredRecord> broken = new ArrayList<>();
        try (SegmentReader reader = SegmentReader.open(path, SegmentHeader.Kind.KEYS)) {
            Step step = reader.next();
            while (!(step instanceof Step.End)) {
                if (step instanceof Step.Whole(StoredRecord stored)) {
                    whole.add(stored);
                } else {
                    Optional<StoredRecord> passed = reader.passBroken();
                    if (passed.isEmpty()) {
                        break;
                    }
                    broken.add(passed.get());
                }
                step = reader.next();
            }
            return new KeyFile(reader.header(), whole, broken, reader.offset());
        }
    }
}
