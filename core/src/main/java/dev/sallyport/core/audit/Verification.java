package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.Checkpoint;
import java.util.List;
import java.util.Optional;

/**
 * What a check of a log found.
 *
 * @param records how many records were found whole, in order and in place
 * @param segments how many segments there are
 * @param vouched the last checkpoint that is rightly signed and fits: up to its size and time the log is what it was then
 * @param faults what is wrong; empty where the log is whole
 * @param notes what is worth knowing but no fault
 */
public record Verification(
        long records, int segments, Optional<Checkpoint> vouched, List<Fault> faults, List<String> notes) {
    public Verification {
        faults = List.copyOf(faults);
        notes = List.copyOf(notes);
    }

    /** Whether nothing is wrong. */
    public boolean isWhole() {
        return faults.isEmpty();
    }

    /**
     * Something wrong.
     *
     * @param file the file's name
     * @param offset where in it
     * @param index the record that stands or should stand there
     * @param what what is wrong
     */
    public record Fault(String file, long offset, long index, String what) {
        @Override
        public String toString() {
            return file + " offset " + offset + " record " + index + ": " + what;
        }
    }
}
