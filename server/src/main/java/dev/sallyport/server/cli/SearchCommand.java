package dev.sallyport.server.cli;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.StoredEvent;
import dev.sallyport.core.command.Action;
import dev.sallyport.server.store.Facet;
import dev.sallyport.server.store.IndexKeyFile;
import dev.sallyport.server.store.LogSource;
import dev.sallyport.server.store.Query;
import dev.sallyport.server.store.Query.Criterion;
import dev.sallyport.server.store.SearchIndex;
import dev.sallyport.server.store.SearchIndex.Found;
import dev.sallyport.server.store.SearchIndex.Hit;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Finds commands and refused connections. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Find commands and refused connections, the newest first. All that is given has to hold; what can be given"
                    + " more than once has to hold each time.",
            "",
            "The search index, which a running gateway keeps up, says where they are; what is shown is read from the log.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sallyport audit search --config /etc/sallyport --identity okta:bob --since 2026-03-04 --until 2026-03-05",
            "  sallyport audit search --config /etc/sallyport --action delete --object table:public.orders --json",
            "  sallyport audit search --audit-dir /var/lib/sallyport/audit --incident k3w9t1x0pa",
            "  sallyport audit search --audit-dir /var/lib/sallyport/audit --word customers --word 4711",
        })
final class SearchCommand implements Callable<Integer> {
    private static final int MOST = 10_000;

    private final PrintWriter out;
    private final Clock clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Not before: 2026-03-04, 2026-03-04T05:06:07Z, or 30m, 24h, 7d ago.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Before.")
    private @Nullable String until;

    @Option(names = "--identity", paramLabel = "WHO", description = "Of this issuer:subject, or subject.")
    private List<String> identities = new ArrayList<>();

    @Option(names = "--group", paramLabel = "GROUP", description = "Of somebody in this issuer:group.")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--client", paramLabel = "CLIENT", description = "Through this client.")
    private List<String> clients = new ArrayList<>();

    @Option(names = "--target", paramLabel = "NAME", description = "On this target.")
    private List<String> targets = new ArrayList<>();

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            converter = ActionName.class,
            description = "That did, or would have done, this: read, insert, update, delete, …")
    private List<Action> actions = new ArrayList<>();

    @Option(
            names = "--object",
            paramLabel = "OBJECT",
            description = "To this: table:public.orders, or public.orders; names whole, not as patterns.")
    private List<String> objects = new ArrayList<>();

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            converter = OutcomeName.class,
            description = "That was allowed, denied or held; or refused, for connections.")
    private @Nullable String outcome;

    @Option(names = "--rule", paramLabel = "RULE", description = "Decided by this rule, or a rule of this policy.")
    private List<String> rules = new ArrayList<>();

    @Option(names = "--incident", paramLabel = "ID", description = "With the incident that the client was told.")
    private @Nullable String incident;

    @Option(names = "--session", paramLabel = "ID", description = "Of this session.")
    private @Nullable String session;

    @Option(
            names = "--word",
            paramLabel = "WORD",
            description =
                    "With this word in the statement or a parameter: part of a name, a number, a word in a string."
                            + " Of several in one text all must be there.")
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "So many at most. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "Print JSON Lines: the event, with its session's principal and target.")
    private boolean json;

    SearchCommand(PrintWriter out) {
        this(out, Clock.systemUTC());
    }

    SearchCommand(PrintWriter out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /** An action as policies write it. */
    static final class ActionName implements ITypeConverter<Action> {
        ActionName() {}

        @Override
        public Action convert(String name) {
            return Arrays.stream(Action.values())
                    .filter(action -> action.label().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + name + "' (expected: one of "
                            + String.join(
                                    ", ",
                                    Arrays.stream(Action.values())
                                            .map(Action::label)
                                            .toList()) + ")"));
        }
    }

    /** An outcome as people write it, turned to what the log calls it. */
    static final class OutcomeName implements ITypeConverter<String> {
        OutcomeName() {}

        @Override
        public String convert(String name) {
            return switch (name) {
                case "allowed", "allow" -> "allow";
                case "denied", "deny" -> "deny";
                case "held", "hold" -> "hold";
                case Facet.REFUSED -> Facet.REFUSED;
                default ->
                    throw new TypeConversionException("'" + name + "' (expected: allowed, denied, held or refused)");
            };
        }
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1 || limit > MOST) {
            throw new UsageFault("--limit: " + limit + " (expected: 1 to " + MOST + ")");
        }
        Query query = query();
        LogPlace log = directory.log();
        Found found;
        try (SearchIndex index = SearchIndex.read(directory.store(), log, IndexKeyFile.read(log))) {
            found = index.find(query, limit);
        }
        SearchResults results = new SearchResults(found, read(log, found.hits()));
        (json ? results.jsonLines() : results.table()).forEach(out::println);
        out.flush();
        results.remarks().forEach(this::remark);
        return results.areWhole() ? 0 : 1;
    }

    private Query query() {
        List<Criterion> criteria = new ArrayList<>();
        add(criteria, Facet.IDENTITY, identities);
        add(criteria, Facet.GROUP, groups);
        add(criteria, Facet.CLIENT, clients);
        add(criteria, Facet.TARGET, targets);
        add(criteria, Facet.ACTION, actions.stream().map(Action::label).toList());
        add(criteria, Facet.OBJECT, objects);
        add(criteria, Facet.OUTCOME, outcome == null ? List.of() : List.of(outcome));
        add(criteria, Facet.RULE, rules);
        add(criteria, Facet.INCIDENT, incident == null ? List.of() : List.of(incident));
        add(criteria, Facet.SESSION, session == null ? List.of() : List.of(session));
        try {
            add(criteria, Facet.WORD, words);
        } catch (IllegalArgumentException noWord) {
            throw new UsageFault("--word: no letter or digit in it");
        }
        return new Query(
                Optional.ofNullable(since).map(text -> Moment.parse(text, clock)),
                Optional.ofNullable(until).map(text -> Moment.parse(text, clock)),
                criteria);
    }

    private static void add(List<Criterion> criteria, Facet facet, List<String> texts) {
        texts.forEach(text -> criteria.add(new Criterion(facet, text)));
    }

    private static Map<Long, StoredEvent> read(LogPlace log, List<Hit> hits) throws IOException {
        SortedSet<Long> records = new TreeSet<>();
        for (Hit hit : hits) {
            records.add(hit.record());
            if (hit.opened() >= 0) {
                records.add(hit.opened());
            }
        }
        return LogSource.events(log, records);
    }

    private void remark(String what) {
        CommandSpec known = spec;
        if (known != null) {
            known.commandLine().getErr().println("sallyport: " + what);
        }
    }
}
