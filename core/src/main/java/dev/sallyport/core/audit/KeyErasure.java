package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Overwrites the wrapped keys of one session in the files of keys, where they stand. */
final class KeyErasure {
    private KeyErasure() {}

    /** In one file. What was erased before is left alone, so this may be done again. */
    static void erase(LogFiles files, Path path, String session) throws IOException {
        KeyFile file = KeyFile.read(path);
        List<StoredRecord> entries = new ArrayList<>(file.broken());
        file.whole().stream().filter(entry -> !KeyTable.read(entry).isErased()).forEach(entries::add);
        for (StoredRecord entry : entries) {
            if (KeyTable.isOf(entry, session)) {
                Frame erased = KeyTable.erased(entry);
                erased.place(entry.index());
                files.overwrite(path, entry.offset(), erased.bytes());
            }
        }
    }

    /** In all files, also in one whose segment never got its name. */
    static void eraseAll(LogFiles files, LogDirectory directory, String session) throws IOException {
        for (long number : directory.keyFiles()) {
            erase(files, directory.keys(number), session);
        }
    }

    /** What an erasure of the session would come to. */
    static SegmentedAuditLog.Erasure state(LogDirectory directory, String session) throws IOException {
        SegmentedAuditLog.Erasure state = SegmentedAuditLog.Erasure.UNKNOWN;
        for (long number : directory.keyFiles()) {
            for (StoredRecord entry : KeyFile.read(directory.keys(number)).whole()) {
                if (KeyTable.isOf(entry, session)) {
                    if (!KeyTable.read(entry).isErased()) {
                        return SegmentedAuditLog.Erasure.DONE;
                    }
                    state = SegmentedAuditLog.Erasure.ERASED;
                }
            }
        }
        return state;
    }
}
