package dev.sallyport.core.audit;

import com.github.luben.zstd.ZstdDictTrainer;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Makes the dictionary that short records are compressed with, from statements and answers as programs commonly have them.
 * Its result is a part of the format (docs/audit-log.md): made anew it is another, for another format. Run its main with
 * the file to write.
 */
final class DictionaryTraining {
    private static final int DICTIONARY_BYTES = 12 << 10;
    private static final int SAMPLES = 20_000;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final List<String> TABLES = List.of(
            "users",
            "customers",
            "orders",
            "order_items",
            "products",
            "accounts",
            "payments",
            "invoices",
            "events",
            "sessions",
            "tickets",
            "messages",
            "documents",
            "employees",
            "logs",
            "jobs",
            "subscriptions",
            "addresses",
            "categories",
            "transactions");
    private static final List<String> COLUMNS = List.of(
            "id",
            "name",
            "email",
            "status",
            "created_at",
            "updated_at",
            "user_id",
            "customer_id",
            "order_id",
            "account_id",
            "product_id",
            "amount",
            "price",
            "quantity",
            "total",
            "balance",
            "title",
            "description",
            "type",
            "phone",
            "country",
            "first_name",
            "last_name",
            "date",
            "value",
            "key",
            "count",
            "payload",
            "deleted_at",
            "active");
    private static final List<String> WORDS = List.of(
            "active",
            "pending",
            "shipped",
            "open",
            "closed",
            "failed",
            "done",
            "new",
            "paid",
            "cancelled",
            "true",
            "admin");

    /** {@code T} is a table, {@code C} a column, {@code N} a number, {@code W} a word, {@code P} a bound value. */
    private static final List<String> STATEMENTS = List.of(
            "SELECT C, C, C FROM T WHERE id = N",
            "SELECT C, C FROM public.T WHERE C = 'W' ORDER BY C DESC LIMIT N",
            "SELECT * FROM T WHERE C = P LIMIT P OFFSET P",
            "SELECT count(*) FROM T WHERE C = 'W' AND created_at > now() - interval 'N days'",
            "SELECT t.C, t.C, u.C FROM T t JOIN T u ON u.id = t.C WHERE t.C IN (N, N, N)",
            "SELECT a.C, count(*) AS count, sum(a.C) FROM T a LEFT JOIN T b ON b.C = a.id GROUP BY a.C HAVING count(*) > N",
            "SELECT date_trunc('day', created_at) AS day, count(*) FROM T WHERE created_at BETWEEN '2026-01-01' AND '2026-02-01' GROUP BY 1 ORDER BY 1",
            "SELECT DISTINCT C FROM T WHERE C IS NOT NULL AND C ILIKE '%W%'",
            "SELECT EXISTS (SELECT 1 FROM T WHERE C = P)",
            "SELECT coalesce(max(C), 0) FROM T WHERE C < N",
            "WITH recent AS (SELECT C, C FROM T WHERE created_at >= CURRENT_DATE - N) SELECT * FROM recent ORDER BY C",
            "SELECT \"T\".\"id\", \"T\".\"C\", \"T\".\"C\" FROM \"T\" WHERE \"T\".\"C\" = P LIMIT P",
            "SELECT C, CASE WHEN C > N THEN 'W' ELSE 'W' END AS C FROM T",
            "SELECT C, row_number() OVER (PARTITION BY C ORDER BY C DESC) FROM T",
            "select C, C from T where C = N and C <> 'W' for update",
            "select T.C, T.C from T where T.C = P and T.C is null order by T.C asc",
            "INSERT INTO T (C, C, C) VALUES (P, P, P) RETURNING id",
            "INSERT INTO public.T (C, C) VALUES ('W', N) ON CONFLICT (C) DO UPDATE SET C = EXCLUDED.C",
            "insert into T (C, C, C) values (N, 'W', 'W')",
            "INSERT INTO \"T\" (\"C\", \"C\") VALUES (P, P), (P, P) RETURNING \"id\"",
            "UPDATE T SET C = P, updated_at = now() WHERE id = P",
            "UPDATE public.T SET C = 'W' WHERE C = N AND C = 'W'",
            "update T set C = C + N where id = N",
            "DELETE FROM T WHERE id = P",
            "DELETE FROM public.T WHERE created_at < now() - interval 'N days'",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "START TRANSACTION READ ONLY",
            "SET search_path TO public",
            "SET statement_timeout = N",
            "SHOW server_version",
            "CREATE TABLE T (id bigint PRIMARY KEY, C text NOT NULL, C timestamptz DEFAULT now())",
            "ALTER TABLE T ADD COLUMN C integer",
            "CREATE INDEX T_C_idx ON T (C)",
            "DROP TABLE IF EXISTS T",
            "TRUNCATE T",
            "EXPLAIN SELECT C FROM T WHERE C = N",
            "COPY T (C, C) FROM STDIN WITH (FORMAT csv)",
            "COPY (SELECT C, C FROM T) TO STDOUT");

    private final Random random = new Random(2);

    private DictionaryTraining() {}

    public static void main(String[] args) throws IOException {
        DictionaryTraining training = new DictionaryTraining();
        ZstdDictTrainer trainer = new ZstdDictTrainer(SAMPLES << 9, DICTIONARY_BYTES);
        for (int i = 0; i < SAMPLES; i++) {
            trainer.addSample(StoredForm.of(training.event(i)).whole().toByteArray());
        }
        Files.write(Path.of(args[0]), trainer.trainSamples());
    }

    private AuditEvent event(int number) {
        return number % 3 == 0 ? answered(number) : decided(number);
    }

    private AuditEvent decided(int number) {
        String text = statement();
        String outcome = number % 10 == 1 ? "deny" : number % 10 == 2 ? "hold" : "allow";
        return new CommandDecided(
                START.plusNanos(random.nextLong(1L << 54)),
                "",
                random.nextInt(500),
                text,
                parameters(text),
                List.of(Effect.of(action(text), "table", "public." + one(TABLES))),
                outcome,
                outcome.equals("deny") ? "not-allowed" : "",
                "",
                List.of("policy/" + (outcome.equals("hold") ? "approve" : outcome) + "[" + random.nextInt(5) + "]"),
                random.nextInt(1, 30),
                "",
                random.nextInt(400));
    }

    private AuditEvent answered(int number) {
        List<RecordedColumn> columns = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            columns.add(new RecordedColumn(
                    one(COLUMNS),
                    one(List.of("23", "20", "25", "1043", "1184", "16", "1700", "2950")),
                    number % 2 == 0,
                    ""));
        }
        boolean failed = number % 15 == 0;
        return new AuditEvent.Answered(
                START.plusNanos(random.nextLong(1L << 54)),
                "",
                random.nextInt(500),
                0,
                failed ? List.of() : columns,
                new byte[0],
                random.nextInt(30),
                random.nextInt(5_000),
                false,
                "",
                false,
                failed
                        ? "error"
                        : one(List.of("SELECT 1", "SELECT 0", "INSERT 0 1", "UPDATE 1", "DELETE 1", "BEGIN", "COMMIT")),
                failed
                        ? List.of("severity=ERROR", "code=42P01", "message=relation \"users\" does not exist")
                        : List.of(),
                random.nextInt(400),
                random.nextInt(2_000),
                random.nextInt(4_000));
    }

    private String statement() {
        StringBuilder text = new StringBuilder();
        int bound = 0;
        for (String part : one(STATEMENTS).split("(?<![A-Za-z_])|(?![A-Za-z_])")) {
            text.append(
                    switch (part) {
                        case "T" -> one(TABLES);
                        case "C" -> one(COLUMNS);
                        case "N" -> Integer.toString(random.nextInt(100_000));
                        case "W" -> one(WORDS);
                        case "P" -> "$" + ++bound;
                        default -> part;
                    });
        }
        return text.toString();
    }

    private List<RecordedParameter> parameters(String text) {
        List<RecordedParameter> parameters = new ArrayList<>();
        for (int i = 1; text.contains("$" + i); i++) {
            String value = i % 2 == 0 ? one(WORDS) : Integer.toString(random.nextInt(100_000));
            parameters.add(new RecordedParameter(
                    i % 2 == 0 ? "25" : "23", "text", Optional.of(value.getBytes(StandardCharsets.UTF_8))));
        }
        return parameters;
    }

    private static Action action(String text) {
        return switch (text.substring(0, 2).toUpperCase(Locale.ROOT)) {
            case "IN" -> Action.INSERT;
            case "UP" -> Action.UPDATE;
            case "DE" -> Action.DELETE;
            default -> Action.READ;
        };
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
