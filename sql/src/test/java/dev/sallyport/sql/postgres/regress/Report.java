package dev.sallyport.sql.postgres.regress;

import dev.sallyport.core.command.Effect;
import dev.sallyport.sql.postgres.Facts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts what was found, with some of the statements behind each number. */
final class Report {
    private static final int EXAMPLES = 12;
    private static final int SHOWN = 160;
    private static final int MOST = 400;

    private final Map<Claim, Integer> accepted = new TreeMap<>();
    private final Map<String, Reason> reasons = new TreeMap<>();
    private final List<String> misjudged = new ArrayList<>();
    private final List<String> misfits = new ArrayList<>();
    private final List<String> missed = new ArrayList<>();
    private final List<String> answersUnknown = new ArrayList<>();
    private String test = "";
    private int refused;
    private int refusedUnread;
    private int elsewhere;
    private int watched;
    private int usersCode;
    private int answersKnown;
    private int columnsRight;
    private int columnsOpen;
    private int columnsComputed;

    /** Why statements are unknown. */
    private static final class Reason {
        int statements;
        final Map<String, Integer> objects = new TreeMap<>();
        final Set<String> examples = new LinkedHashSet<>();
    }

    /** What comes now is of this test. */
    void test(String name) {
        test = name;
    }

    void accepted(String sql, int statements, Facts facts, Claim claim, List<String> refuted) {
        accepted.merge(claim, statements, Integer::sum);
        refuted.forEach(how -> misjudged.add(example(sql) + "\n      " + how + "; said " + facts.effects()));
        if (claim == Claim.UNKNOWN) {
            List<Effect> unknown =
                    facts.effects().stream().filter(Claim::isUnknown).toList();
            boolean byUser = unknown.stream().allMatch(Report::isUsersCode);
            if (byUser) {
                usersCode += statements;
            }
            Set<String> counted = new LinkedHashSet<>();
            for (Effect effect : unknown) {
                String why = (isUsersCode(effect) ? "user's code: " : "")
                        + effect.object().kind() + ", "
                        + (effect.detail().startsWith("writing ") ? "writing it runs it" : effect.detail());
                Reason reason = reasons.computeIfAbsent(why, key -> new Reason());
                reason.objects.merge(effect.object().name(), 1, Integer::sum);
                if (counted.add(why)) {
                    reason.statements += statements;
                }
                if (reason.examples.size() < EXAMPLES) {
                    reason.examples.add(example(sql));
                }
            }
        }
    }

    /** Code that somebody made, as opposed to something of PostgreSQL's that is not understood. */
    private static boolean isUsersCode(Effect effect) {
        String name = effect.object().name();
        return switch (effect.object().kind()) {
            case "function", "operator" ->
                !name.startsWith("pg_catalog.")
                        && !name.startsWith("information_schema.")
                        && !effect.detail().startsWith("no function");
            case "table" ->
                effect.detail().contains("trigger runs") || effect.detail().contains("rule rewrites");
            case "other" -> name.equals("do") || name.equals("event-trigger");
            default -> false;
        };
    }

    void refused(String sql, Facts facts, String sqlState) {
        refused++;
        if (!facts.analysis().understood()) {
            refusedUnread++;
        }
    }

    /** The session reads texts otherwise than the analysis does. */
    void elsewhere() {
        elsewhere++;
    }

    /** Rows were changed, and those of which tables was looked at. */
    void watched() {
        watched++;
    }

    void answerUnknown(String sql) {
        answersUnknown.add(example(sql));
    }

    void answerMisfit(String sql, String how) {
        misfits.add(example(sql) + "\n      " + how);
    }

    void answerKnown() {
        answersKnown++;
    }

    void columnRight() {
        columnsRight++;
    }

    void columnOpen() {
        columnsOpen++;
    }

    void columnComputed() {
        columnsComputed++;
    }

    void columnMissed(String sql, String how) {
        missed.add(example(sql) + "\n      " + how);
    }

    List<String> misjudged() {
        return misjudged;
    }

    List<String> missed() {
        return missed;
    }

    /** Of what the server accepted, how much is unknown although no code of a user's is in it; in percent. */
    double unknownPercent() {
        return 100.0 * (accepted.getOrDefault(Claim.UNKNOWN, 0) - usersCode) / total();
    }

    private int total() {
        return accepted.values().stream().mapToInt(Integer::intValue).sum();
    }

    private String example(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return test + ": " + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        out.append("accepted by the server: %d statements%n".formatted(total()));
        accepted.forEach((claim, count) -> out.append("  %-14s %d%n".formatted(claim, count)));
        out.append(
                "refused by the server: %d, of which the parser could not read %d%n".formatted(refused, refusedUnread));
        out.append("in sessions that read texts otherwise: %d%n".formatted(elsewhere));
        out.append("changes of rows whose tables were looked at: %d%n".formatted(watched));
        out.append("misjudged: %d%n".formatted(misjudged.size()));
        list(out, misjudged);
        out.append("unknown: %d, through user's code alone %d, else %.2f %%%n"
                .formatted(accepted.getOrDefault(Claim.UNKNOWN, 0), usersCode, unknownPercent()));
        reasons.entrySet().stream()
                .sorted(Comparator.comparingInt(each -> -each.getValue().statements))
                .forEach(each -> reason(out, each.getKey(), each.getValue()));
        out.append("answers: lineage known %d, unknown %d, not fitting %d%n"
                .formatted(answersKnown, answersUnknown.size(), misfits.size()));
        out.append("columns that are a table's: right %d, missed %d, any %d; computed %d%n"
                .formatted(columnsRight, missed.size(), columnsOpen, columnsComputed));
        out.append("lineage missed:%n".formatted());
        list(out, missed);
        out.append("lineage not fitting:%n".formatted());
        list(out, misfits);
        out.append("lineage unknown:%n".formatted());
        list(out, answersUnknown);
        return out.toString();
    }

    private static void reason(StringBuilder out, String why, Reason reason) {
        out.append("  %5d  %s%n".formatted(reason.statements, why));
        out.append("         ");
        reason.objects.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(EXAMPLES)
                .forEach(each -> out.append(each.getKey())
                        .append(" ×")
                        .append(each.getValue())
                        .append("  "));
        out.append('\n');
        reason.examples.forEach(
                example -> out.append("           ").append(example).append('\n'));
    }

    private static void list(StringBuilder out, List<String> lines) {
        lines.stream()
                .limit(MOST)
                .forEach(line -> out.append("    ").append(line).append('\n'));
    }
}
