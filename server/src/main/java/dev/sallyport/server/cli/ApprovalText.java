package dev.sallyport.server.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Held commands as a person reads them in a terminal. Whatever a client wrote is shown escaped. */
final class ApprovalText {
    private static final int LINE = 60;

    ApprovalText() {}

    String list(JsonNode approvals) {
        if (approvals.isEmpty()) {
            return "Nothing waits.";
        }
        StringBuilder text = new StringBuilder(
                String.format("%-14s %-8s %-12s %-28s %s%n", "ID", "LEFT", "TARGET", "WHO", "COMMAND"));
        for (JsonNode each : approvals) {
            text.append(String.format(
                    "%-14s %-8s %-12s %-28s %s%n",
                    shown(each, "id"),
                    left(each),
                    shown(each, "target"),
                    who(each.path("requester")),
                    Printable.cut(
                            Printable.line(each.path("command").path("text").asString("")), LINE)));
        }
        return text.toString();
    }

    String whole(JsonNode approval) {
        JsonNode requester = approval.path("requester");
        JsonNode command = approval.path("command");
        List<String> lines = new ArrayList<>();
        lines.add("approval    " + shown(approval, "id") + ", " + left(approval) + " left (until "
                + shown(approval, "expiresAt") + ")");
        lines.add("who         " + who(requester) + ", client " + shown(requester, "client") + ", from "
                + shown(approval, "remote"));
        lines.add("groups      " + joined(requester.path("groups")));
        if (!requester.path("actors").isEmpty()) {
            lines.add("through     " + joined(requester.path("actors")));
        }
        lines.add("target      " + shown(approval, "target")
                + (command.path("inTransaction").asBoolean(false)
                        ? "; INSIDE AN OPEN TRANSACTION, which keeps its locks while this waits"
                        : ""));
        lines.add("may decide  " + joined(approval.path("approvers")) + ", "
                + approval.path("count").asInt() + " needed, so far "
                + voters(approval.path("votes")));
        lines.add("held by     " + joined(approval.path("rules")) + ", revision "
                + approval.path("revision").asLong());
        lines.add("digest      " + shown(approval, "digest"));
        lines.add("");
        Printable.lines(command.path("text").asString("")).forEach(line -> lines.add("    " + line));
        lines.add("");
        command.path("parameters").forEach(each -> lines.add("    " + parameter(each)));
        lines.add("It would");
        command.path("effects").forEach(each -> lines.add("  - " + effect(each)));
        return String.join(System.lineSeparator(), lines);
    }

    String vote(String id, JsonNode result) {
        return switch (result.path("outcome").asString("")) {
            case "approved" -> id + " approved: it runs now.";
            case "denied" -> id + " denied: it does not run.";
            case "counted" ->
                id + " approved by you; " + result.path("remaining").asInt() + " more needed.";
            default -> id + ": " + Printable.line(result.toString());
        };
    }

    private static String parameter(JsonNode parameter) {
        String value = parameter.path("value").isNull()
                ? "NULL"
                : Printable.line(parameter.path("value").asString(""));
        String form = parameter.path("form").asString("text");
        return "$" + parameter.path("number").asInt() + " = " + value + (form.equals("text") ? "" : " (" + form + ")");
    }

    private static String effect(JsonNode effect) {
        String detail = shown(effect, "detail");
        return shown(effect, "action") + " " + shown(effect, "object")
                + (effect.path("filtered").asBoolean(true) ? "" : ", EVERY ROW")
                + (detail.isEmpty() ? "" : " (" + detail + ")");
    }

    private static String who(JsonNode requester) {
        return shown(requester, "issuer") + ":" + shown(requester, "subject");
    }

    private static String left(JsonNode approval) {
        Duration left = Duration.between(
                Instant.now(), Instant.parse(approval.path("expiresAt").asString("1970-01-01T00:00:00Z")));
        if (left.isNegative()) {
            return "0s";
        }
        return left.toMinutes() > 0 ? left.toMinutes() + "m" + left.toSecondsPart() + "s" : left.toSeconds() + "s";
    }

    private static String joined(JsonNode array) {
        List<String> parts = new ArrayList<>();
        array.forEach(each -> parts.add(Printable.line(each.asString(""))));
        return String.join(", ", parts);
    }

    private static String voters(JsonNode votes) {
        List<String> voters = new ArrayList<>();
        votes.forEach(vote -> voters.add(shown(vote, "principal")));
        return voters.isEmpty() ? "nobody" : String.join(", ", voters);
    }

    private static String shown(JsonNode node, String field) {
        return Printable.line(node.path(field).asString(""));
    }
}
