package dev.sallyport.server.cli;

import dev.sallyport.core.audit.EventJson;
import dev.sallyport.server.export.Export;
import dev.sallyport.server.export.Wanted;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The log as JSON Lines, for other programs. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Print the log's events as JSON Lines: one object a line, in the order in which they happened.",
            "",
            "docs/audit-events.schema.json says what is in them. Of what was recorded, clients were allowed to see all; it"
                    + " is not encrypted any more.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed, or the log is damaged so that something is missing",
            "2:the usage is at fault"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sallyport audit export --audit-dir /var/lib/sallyport/audit --since 24h --out day.jsonl",
            "  sallyport audit export --config /etc/sallyport --identity okta:refund-bot --type command-decided",
            "  sallyport audit export --config /etc/sallyport --from 1500 --follow | jq .text",
        })
final class AuditExport implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only since: 2026-03-04, 2026-03-04T05:06:07Z, 24h, 7d.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only before.")
    private @Nullable String until;

    @Option(names = "--session", paramLabel = "ID", description = "Only of this session.")
    private @Nullable String session;

    @Option(
            names = "--identity",
            paramLabel = "WHO",
            description = "Only of sessions of this issuer:subject, or subject.")
    private @Nullable String identity;

    @Option(names = "--target", paramLabel = "NAME", description = "Only of sessions on this target.")
    private @Nullable String target;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only of this type; may be given several times.")
    private List<String> types = List.of();

    @Option(names = "--from", paramLabel = "INDEX", description = "Only from the event with this index on.")
    private @Nullable Long from;

    @Option(names = "--follow", description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--out", paramLabel = "FILE", description = "Write to this file, which must not exist yet.")
    private @Nullable Path file;

    private final PrintWriter out;
    private final Clock clock;

    AuditExport(PrintWriter out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Wanted wanted = new Wanted(
                Optional.ofNullable(session),
                Optional.ofNullable(identity),
                Optional.ofNullable(target),
                Optional.ofNullable(since).map(text -> Moment.parse(text, clock)),
                Optional.ofNullable(until).map(text -> Moment.parse(text, clock)),
                Set.copyOf(types));
        if (from != null && from < 0) {
            throw new UsageFault("--from: " + from + " (expected: >= 0)");
        }
        if (!EventJson.types().containsAll(types)) {
            throw new UsageFault("--type: " + String.join(", ", types) + " (expected: "
                    + String.join(", ", EventJson.types()) + ")");
        }
        Export export = new Export(directory.log(), wanted, Optional.ofNullable(from), clock);
        Path to = file;
        return to == null ? toStandardOutput(export) : toFile(export, to);
    }

    private int toStandardOutput(Export export) throws IOException, InterruptedException {
        Export.Outcome outcome = export.run(new Printed(), follow);
        out.flush();
        return finish(outcome);
    }

    /** Asks now and then whether whoever reads is still there. */
    private final class Printed implements Export.Lines {
        private static final int LINES = 100;
        private int count;

        @Override
        public boolean take(String line) {
            out.println(line);
            return ++count % LINES != 0 || !out.checkError();
        }

        @Override
        public boolean flush() {
            return !out.checkError();
        }
    }

    private int toFile(Export export, Path to) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(
                        to,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                BufferedWriter writer =
                        new BufferedWriter(Channels.newWriter(channel, StandardCharsets.US_ASCII), 64 << 10)) {
            Export.Outcome outcome = export.run(new Written(writer), follow);
            writer.flush();
            channel.force(true);
            return finish(outcome);
        } catch (FileAlreadyExistsException there) {
            throw new UsageFault("--out: " + to + " exists already");
        }
    }

    private record Written(BufferedWriter writer) implements Export.Lines {
        @Override
        public boolean take(String line) throws IOException {
            writer.write(line);
            writer.write('\n');
            return true;
        }

        @Override
        public boolean flush() throws IOException {
            writer.flush();
            return true;
        }
    }

    private int finish(Export.Outcome outcome) {
        CommandSpec known = Objects.requireNonNull(spec);
        return LogTrouble.report(
                outcome.tail(), outcome.damage(), known.commandLine().getErr());
    }
}
