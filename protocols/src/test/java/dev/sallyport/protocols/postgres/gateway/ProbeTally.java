package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.protocols.postgres.canary.Column;
import dev.sallyport.protocols.postgres.canary.Probe;
import dev.sallyport.testkit.postgres.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what became of probes, and keeps the first examples of what should not have. Used by many threads. */
final class ProbeTally {
    private static final int MOST_EXAMPLES = 25;

    /** What became of one. */
    enum Outcome {
        /** The server has no sense in it, or fails on it, without masks too. */
        REJECTED,
        DENIED,
        /** There were no rows, or nothing but NULL in them without masks too. */
        EMPTY,
        /** Nothing of the answer came as it is without masks. */
        MASKED,
        USEFUL,
        ENDED
    }

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Integer> denials = new TreeMap<>();
    private final Map<String, Integer> rejections = new TreeMap<>();
    private final List<String> leaks = new ArrayList<>();
    private final List<String> refusedForNothing = new ArrayList<>();
    private final List<String> hiddenForNothing = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private int total;
    private int leaking;
    private int withMasked;
    private int leakingWithoutMasks;
    private int cleanColumns;
    private int hiddenColumns;

    /** Takes up the reply with masks and the one without. */
    synchronized void add(String name, Probe probe, ProbeReply masked, ProbeReply bare) {
        total++;
        Outcome outcome = outcome(masked, bare);
        String group = (probe.decides() ? "deciding" : "plain") + (probe.touches() ? ", masked output" : ", other");
        counts.merge(group + ": " + outcome, 1, Integer::sum);
        counts.merge("shape " + probe.shape() + ": " + outcome, 1, Integer::sum);
        if (outcome == Outcome.DENIED) {
            Message error = masked.error().orElseThrow();
            denials.merge(reason(error), 1, Integer::sum);
            if (!probe.decides()) {
                example(refusedForNothing, name + ": " + error.field('M') + "\n    " + probe);
            }
        }
        if (outcome == Outcome.REJECTED) {
            bare.error().ifPresent(error -> rejections.merge(error.field('C'), 1, Integer::sum));
        }
        if (outcome == Outcome.MASKED || outcome == Outcome.USEFUL) {
            columns(name, probe, masked, bare);
        }
    }

    /** Takes up whether a probe with masked columns in its output shows a canary where there are no masks. */
    synchronized void withoutMasks(boolean leaks) {
        withMasked++;
        leakingWithoutMasks += leaks ? 1 : 0;
    }

    synchronized void leak(String what) {
        leaking++;
        example(leaks, what);
    }

    synchronized void ended(String name, Probe probe, Exception why) {
        total++;
        counts.merge("shape " + probe.shape() + ": " + Outcome.ENDED, 1, Integer::sum);
        example(ends, name + ": " + why + "\n    " + probe);
    }

    private static void example(List<String> examples, String example) {
        if (examples.size() < MOST_EXAMPLES) {
            examples.add(example);
        }
    }

    private static Outcome outcome(ProbeReply masked, ProbeReply bare) {
        if (bare.error().isPresent()) {
            return Outcome.REJECTED;
        }
        if (masked.error().isPresent()) {
            return Outcome.DENIED;
        }
        if (bare.copied()) {
            return Outcome.USEFUL;
        }
        boolean any = false;
        boolean shown = false;
        for (int i = 0; i < bare.rows().size(); i++) {
            for (int j = 0; j < bare.rows().get(i).size(); j++) {
                String value = bare.rows().get(i).get(j);
                any |= value != null;
                shown |= value != null && value.equals(at(masked, i, j));
            }
        }
        return !any ? Outcome.EMPTY : shown ? Outcome.USEFUL : Outcome.MASKED;
    }

    private static @Nullable String at(ProbeReply reply, int row, int column) {
        List<List<@Nullable String>> rows = reply.rows();
        return row < rows.size() && column < rows.get(row).size()
                ? rows.get(row).get(column)
                : null;
    }

    /** What derives from a masked column must not come as it is, and what does not should. */
    private void columns(String name, Probe probe, ProbeReply masked, ProbeReply bare) {
        List<Column> columns = probe.columns();
        if (columns.isEmpty() || bare.rows().size() != masked.rows().size()) {
            return;
        }
        for (int j = 0; j < columns.size(); j++) {
            boolean same = true;
            String shown = null;
            for (int i = 0; i < bare.rows().size(); i++) {
                String value = bare.rows().get(i).get(j);
                String other = masked.rows().get(i).get(j);
                same &= Objects.equals(value, other);
                shown = value != null && !value.isEmpty() && value.equals(other) ? value : shown;
            }
            if (columns.get(j).masked()) {
                if (shown != null) {
                    leak(name + ": column " + (j + 1) + " as it is: " + shown + "\n    " + probe);
                }
            } else {
                cleanColumns++;
                if (!same) {
                    hiddenColumns++;
                    example(hiddenForNothing, name + ": column " + (j + 1) + "\n    " + probe);
                }
            }
        }
    }

    private static String reason(Message error) {
        return error.field('C')
                + " "
                + error.field('M')
                        .replaceAll("masked column [^ ,]*", "masked column …")
                        .replaceAll("\\(here: [^)]*\\)", "");
    }

    synchronized int leaks() {
        return leaking;
    }

    synchronized int total() {
        return total;
    }

    synchronized double shareLeakingWithoutMasks() {
        return (double) leakingWithoutMasks / Math.max(1, withMasked);
    }

    /** How many of a group's probes that ran without masks came to this. */
    synchronized double share(String group, Outcome outcome) {
        int all = 0;
        for (Outcome each : Outcome.values()) {
            if (each != Outcome.REJECTED && each != Outcome.EMPTY) {
                all += counts.getOrDefault(group + ": " + each, 0);
            }
        }
        return (double) counts.getOrDefault(group + ": " + outcome, 0) / Math.max(1, all);
    }

    synchronized String report() {
        StringBuilder text = new StringBuilder();
        text.append(total).append(" probes, ").append(leaking).append(" leaks\n");
        text.append("without masks %d of %d with masked columns in their output show a canary\n"
                .formatted(leakingWithoutMasks, withMasked));
        text.append("columns that derive from no masked one: %d, hidden all the same: %d\n"
                .formatted(cleanColumns, hiddenColumns));
        counts.forEach((what, count) -> text.append("  %-50s %d%n".formatted(what, count)));
        text.append("denied\n");
        denials.forEach((what, count) -> text.append("  %6d %s%n".formatted(count, what)));
        text.append("rejected by the server\n");
        rejections.forEach((what, count) -> text.append("  %6d %s%n".formatted(count, what)));
        examples("leaks", leaks, text);
        examples("sessions that ended", ends, text);
        examples("refused, though no masked column decides", refusedForNothing, text);
        examples("hidden, though it derives from no masked column", hiddenForNothing, text);
        return text.toString();
    }

    private static void examples(String title, List<String> examples, StringBuilder text) {
        text.append(title).append('\n');
        examples.forEach(each -> text.append("  ").append(each).append('\n'));
    }
}
