package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what can be read of a log, for whoever has to look into it after somebody damaged it, and says what could not.
 */
final class SalvagingReader implements AutoCloseable {
    private final Set<String> damage;
    private final AuditReader reader;

    private SalvagingReader(AuditReader reader, Set<String> damage) {
        this.reader = reader;
        this.damage = damage;
    }

    /** @throws IOException where there is no such directory, or no segment in it that can be begun with */
    static SalvagingReader open(LogPlace place) throws IOException {
        LogDirectory directory = new LogDirectory(place.directory());
        Set<String> damage = new LinkedHashSet<>();
        for (long number : directory.segments()) {
            try {
                AuditReader reader = AuditReader.begin(directory, number, place.keys());
                if (number > 1 && damage.isEmpty() && !Files.exists(directory.leaves(number - 1))) {
                    damage.add("the segments before segment " + number + " are missing");
                }
                return new SalvagingReader(reader, damage);
            } catch (DamagedLogException e) {
                damage.add(e.getMessage());
            }
        }
        throw new IOException(
                damage.isEmpty()
                        ? place.directory() + " holds no audit log"
                        : place.directory() + ": no segment of it can be read: " + damage);
    }

    Optional<StoredEvent> next() throws IOException {
        while (true) {
            try {
                return reader.next();
            } catch (DamagedLogException e) {
                damage.add(e.getMessage());
                if (!reader.skipDamage()) {
                    return Optional.empty();
                }
            }
        }
    }

    /** See {@link AuditReader#tail()}. */
    Optional<String> tail() {
        return reader.tail();
    }

    /** What could not be read so far, where it is and why. */
    List<String> damage() {
        return List.copyOf(damage);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
