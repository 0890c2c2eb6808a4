package dev.sallyport.server.demo;

import dev.sallyport.server.client.AdminClient;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/** What the gateway does, seen through a real client, step by step; each step says whether it saw what it should. */
final class Tour {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String UPDATE = "UPDATE orders SET status = 'refunded' WHERE id = 42";

    private final DemoAccess access;
    private final PrintWriter out;
    private final BooleanSupplier stopping;
    private int failed;

    /** {@code stopping} tells that everything is being taken down, after which no step says anything any more. */
    Tour(DemoAccess access, PrintWriter out, BooleanSupplier stopping) {
        this.access = access;
        this.out = out;
        this.stopping = stopping;
    }

    /** Takes every step. True if each of them saw what it should. */
    boolean run() {
        out.println();
        out.println("The tour");
        step("A bot reads customers; what is private arrives masked", this::maskedRead);
        step("Where a card number turns up in a note, it is masked too", this::detectedCard);
        step("It tries to drop a table, and is told why not", this::blockedDrop);
        step("Another deletes without WHERE, and is stopped", this::blockedDelete);
        step("Its UPDATE waits for a person, who looks at it and approves", this::heldUpdate);
        step("All of that is on record, and can be replayed", this::replay);
        step("Nobody has tampered with the record", this::verify);
        if (stopping.getAsBoolean()) {
            return false;
        }
        out.println();
        out.println(
                failed == 0 ? "Every step showed what it should." : failed + " step(s) did not show what they should.");
        out.flush();
        return failed == 0;
    }

    /** One step: what was seen, or an exception with what was seen instead. */
    @FunctionalInterface
    private interface Step {
        String see() throws Exception;
    }

    private void step(String title, Step step) {
        if (stopping.getAsBoolean()) {
            return;
        }
        out.println();
        try {
            String seen = step.see();
            out.println("✓ " + title);
            seen.lines().forEach(line -> out.println("    " + line));
        } catch (Exception e) {
            if (stopping.getAsBoolean()) {
                return;
            }
            failed++;
            out.println("✗ " + title);
            String.valueOf(e.getMessage()).lines().forEach(line -> out.println("    " + line));
        }
        out.flush();
    }

    private String maskedRead() throws Exception {
        String sql = "SELECT name, email, ssn, card_number FROM customers WHERE id <= 3 ORDER BY id";
        try (ShopClient reader = access.through("reader");
                ShopClient direct = access.direct()) {
            List<List<String>> seen = reader.query(sql);
            List<List<String>> stored = direct.query(sql);
            for (int row = 1; row < stored.size(); row++) {
                List<String> masked = seen.get(row);
                List<String> clear = stored.get(row);
                String ssn = clear.get(2);
                expect(masked.get(0).equals(clear.getFirst()), "the name is not what is stored", masked);
                expect(!masked.get(1).contains("@"), "the e-mail address can be seen", masked);
                expect(
                        masked.get(2).endsWith(ssn.substring(ssn.length() - 4))
                                && !masked.get(2).equals(ssn),
                        "the SSN is not masked but for its last four",
                        masked);
                expect(!masked.get(3).contains(clear.get(3)), "the card number can be seen", masked);
            }
            return "reader> " + sql + "\n" + Table.of(seen);
        }
    }

    private String detectedCard() throws Exception {
        String sql = "SELECT id, note FROM orders WHERE id = 51";
        try (ShopClient reader = access.through("reader")) {
            List<List<String>> seen = reader.query(sql);
            String note = seen.get(1).get(1);
            expect(note.startsWith("paid by phone with card "), "the note is not what it should be", seen);
            expect(!note.matches(".*\\d{12,}.*"), "the card number can be seen", seen);
            return "reader> " + sql + "\n" + Table.of(seen);
        }
    }

    private String blockedDrop() throws Exception {
        String seen = blocked("reader", "DROP TABLE customers", "Schema changes go through migrations.");
        try (ShopClient direct = access.direct()) {
            String count = direct.query("SELECT count(*) FROM customers").get(1).getFirst();
            return seen + "\n(the table still has its " + count + " rows)";
        }
    }

    private String blockedDelete() throws Exception {
        return blocked("writer", "DELETE FROM orders", "DELETE needs a WHERE clause.");
    }

    private String blocked(String role, String sql, String message) throws Exception {
        try (ShopClient client = access.through(role)) {
            client.change(sql);
        } catch (SQLException e) {
            String told = String.valueOf(e.getMessage());
            expect(INSUFFICIENT_PRIVILEGE.equals(e.getSQLState()), "SQLSTATE " + e.getSQLState(), told);
            expect(told.contains(message), "another message was expected", told);
            return role + "> " + sql + "\n" + told;
        }
        throw new IllegalStateException("it ran: " + sql);
    }

    private String heldUpdate() throws Exception {
        try (ShopClient writer = access.through("writer");
                ShopClient direct = access.direct();
                AdminClient approver = access.admin("approver")) {
            FutureTask<Integer> update = new FutureTask<>(() -> writer.change(UPDATE));
            Thread.ofVirtual().name("tour-writer").start(update);
            JsonNode held = await(() -> approver.approvals().path("approvals").path(0), update);
            String id = held.path("id").asString("");
            String before = status(direct);
            expect(!update.isDone(), "it did not wait", held);
            JsonNode answer = approver.vote(id, true, "the customer called");
            expect(answer.path("outcome").asString("").equals("approved"), "it was not approved", answer);
            int rows = update.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            String after = status(direct);
            expect(rows == 1 && after.equals("refunded") && !before.equals(after), "it did not run once", after);
            return "writer>   " + UPDATE
                    + "\n(held as " + id + "; it may be approved by " + approvers(held) + ")"
                    + "\napprover> sallyport approvals approve " + id + " --comment 'the customer called'"
                    + "\nUPDATE " + rows + ": order 42 was " + before + ", and is " + after + " now";
        }
    }

    private static String approvers(JsonNode held) {
        List<String> groups = new ArrayList<>();
        held.path("approvers").forEach(group -> groups.add(group.asString("")));
        return String.join(", ", groups);
    }

    private static String status(ShopClient direct) throws SQLException {
        return direct.query("SELECT status FROM orders WHERE id = 42").get(1).getFirst();
    }

    /** Asks until there is an answer, unless the command that should be waiting has ended. */
    private static JsonNode await(Callable<JsonNode> question, FutureTask<Integer> update) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            JsonNode answer = question.call();
            if (!answer.isMissingNode()) {
                return answer;
            }
            if (update.isDone()) {
                try {
                    throw new IllegalStateException("it was not held: " + update.get() + " rows changed");
                } catch (ExecutionException e) {
                    throw new IllegalStateException("it was not held: " + e.getCause(), e);
                }
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("nothing was held within " + PATIENCE.toSeconds() + " seconds");
    }

    private String replay() throws Exception {
        String session = access.writersSession();
        String replayed = access.sallyport("sessions", "replay", session, "--speed", "0");
        expect(replayed.contains("UPDATE orders"), "the command is missing", replayed);
        expect(replayed.contains("approver"), "who approved it is missing", replayed);
        return "$ sallyport sessions replay " + session + "\n" + replayed.strip();
    }

    private String verify() throws Exception {
        return "$ sallyport audit verify\n"
                + access.sallyport("audit", "verify").strip();
    }

    private static void expect(boolean holds, String otherwise, Object seen) {
        if (!holds) {
            throw new IllegalStateException(otherwise + ": " + seen);
        }
    }
}
