package dev.sallyport.verify;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditReader;
import dev.sallyport.core.audit.LogPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an audit log says of marked commands, read on from where it was read before. Somebody who must not see more than
 * is in the files: it knows nothing of the gateway that wrote them.
 */
final class AuditTrail {
    private final Path directory;
    private final Set<String> allowed = new HashSet<>();
    private final Map<String, Command> held = new HashMap<>();
    private final Set<Command> granted = new HashSet<>();
    private final Set<String> approved = new HashSet<>();
    private final Map<Command, String> approvals = new HashMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private long next;

    AuditTrail(Path directory) {
        this.directory = directory;
    }

    private record Command(String session, long sequence) {}

    /** Takes in what was recorded since the last time. */
    void readOn() {
        try (AuditReader reader = AuditReader.openAt(LogPlace.of(directory), next)) {
            for (var stored = reader.next(); stored.isPresent(); stored = reader.next()) {
                next = stored.get().index() + 1;
                take(stored.get().event());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(AuditEvent event) {
        counts.merge(event.getClass().getSimpleName(), 1, Integer::sum);
        if (event instanceof AuditEvent.CommandDecided decided) {
            Set<String> marks = Evidence.of(decided);
            if (decided.outcome().equals("allow")) {
                allowed.addAll(marks);
            } else if (decided.outcome().equals("hold")) {
                marks.forEach(mark -> held.put(mark, new Command(decided.session(), decided.sequence())));
            }
        } else if (event instanceof AuditEvent.ApprovalResolved resolved
                && resolved.outcome().equals("approved")) {
            approved.add(resolved.approval());
        } else if (event instanceof AuditEvent.GrantUsed used) {
            Command command = new Command(used.session(), used.sequence());
            granted.add(command);
            approvals.put(command, used.approval());
        }
    }

    /** Whether the log says that the command with this mark was allowed to run, and was so before it ran. */
    boolean explains(String mark) {
        Command waited = held.get(mark);
        if (waited == null) {
            return allowed.contains(mark);
        }
        return granted.contains(waited) && approved.contains(approvals.getOrDefault(waited, ""));
    }

    /** Whether the command with this mark was held. */
    boolean held(String mark) {
        return held.containsKey(mark);
    }

    /** How many records were read. */
    long records() {
        return next;
    }

    /** How many events there are of each kind. */
    Map<String, Integer> counts() {
        return counts;
    }
}
