package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SessionOrders.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Overwrites the wrapped keys of one session in the files of keys, where they stand. */
final class KeyErasure {
    private KeyErasure() {}

    /**
     * In one file. What is erased already is overwritten again: where that failed before, it may be so in memory only, and
     * another sync alone would lie.
     */
    static void erase(LogFiles files, Path path, String session) throws IOException {
        KeyFile file = KeyFile.read(path);
        List<StoredRecord> entries = new ArrayList<>(file.broken());
        entries.addAll(file.whole());
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

    /** Takes away copies of keys that were being made when the last writer died: nobody looks there for what is to be erased. */
    static void removeUnfinished(LogFiles files, LogDirectory directory) throws IOException {
        for (Path copy : directory.unfinishedKeys()) {
            files.deleteIfExists(copy);
        }
    }

    /** What an erasure of the session would come to, by its keys alone. */
    static Outcome state(LogDirectory directory, String session) throws IOException {
        Outcome state = Outcome.UNKNOWN;
        for (long number : directory.keyFiles()) {
            for (StoredRecord entry : KeyFile.read(directory.keys(number)).whole()) {
                if (KeyTable.isOf(entry, session)) {
                    if (!KeyTable.read(entry).isErased()) {
                        return Outcome.DONE;
                    }
                    state = Outcome.ERASED;
                }
            }
        }
        return state;
    }
}
