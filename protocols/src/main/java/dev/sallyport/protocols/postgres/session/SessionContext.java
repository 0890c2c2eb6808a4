package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.command.Command;
import dev.sallyport.core.masking.Masks;
import dev.sallyport.core.session.CommandRun;
import dev.sallyport.core.session.Session;
import dev.sallyport.protocols.postgres.target.Catalogues;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.sql.postgres.Analysis;
import dev.sallyport.sql.postgres.Opened;
import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.sql.postgres.SessionState;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the two halves of a session share. Confined to its event loop. */
final class SessionContext {
    private static final int MAX_TOLD = 1000;

    private final Wire wire;
    private final Session session;
    private final Settings settings;
    private final PostgresAnalyzer analyzer;
    private final Catalogues catalogues;
    private final OwnFrames frames;
    private final SessionNames names;
    private final Said said = new Said(this);
    private final RowBudget recorded;
    private @Nullable String awaitedText;
    private @Nullable Analysis awaited;
    private @Nullable Judged judged;
    private boolean schemaChanged;
    private boolean mayHaveBegun;
    /** Whether something that may change something was forwarded since no transaction was open. */
    private boolean mayHaveChanged;

    /** Hash codes: that two texts share one costs no more than a warning. */
    private final Set<Integer> told = new HashSet<>();

    private boolean cancelling;
    private final List<Runnable> whenNotCancelling = new ArrayList<>();

    SessionContext(
            Wire wire,
            Session session,
            Settings settings,
            PostgresAnalyzer analyzer,
            Catalogues catalogues,
            OwnFrames frames) {
        this.wire = wire;
        this.session = session;
        this.settings = settings;
        this.analyzer = analyzer;
        this.catalogues = catalogues;
        this.frames = frames;
        this.names = new SessionNames(settings.maxPrepared());
        this.recorded = new RowBudget(settings.recordedSessionBytes());
    }

    Wire wire() {
        return wire;
    }

    Session session() {
        return session;
    }

    Settings settings() {
        return settings;
    }

    /** Has the target cancel what it runs. Nothing goes to it until the request has, so that nothing later is hit. */
    void cancelTarget() {
        if (!cancelling) {
            cancelling = true;
            wire.cancelTarget(this::cancelDelivered);
        }
    }

    private void cancelDelivered() {
        cancelling = false;
        List<Runnable> waiting = List.copyOf(whenNotCancelling);
        whenNotCancelling.clear();
        waiting.forEach(Runnable::run);
    }

    boolean isCancelling() {
        return cancelling;
    }

    /** Runs {@code then} once no cancel request is on its way to the target, now or later. */
    void whenNotCancelling(Runnable then) {
        if (cancelling) {
            whenNotCancelling.add(then);
        } else {
            then.run();
        }
    }

    OwnFrames frames() {
        return frames;
    }

    SessionNames names() {
        return names;
    }

    Catalogue catalogue() {
        return catalogues.current();
    }

    // ---- analysis -----------------------------------------------------------------------------------------------

    /** What is known of the text without waiting. */
    @Nullable
    Analysis analysis(String sql) {
        if (awaited != null && sql.equals(awaitedText)) {
            return awaited;
        }
        return analyzer.cached(sql).orElse(null);
    }

    /** What texts do whose names are resolved now, however long it takes to find out. */
    Judgement judgementOf(Collection<Analysis> candidates) {
        List<Opened> now = candidates.stream()
                .map(analysis -> new Opened(analysis, names.sql().searchPath()))
                .toList();
        return Judgement.of(analyzer, names.sql(), catalogue(), now);
    }

    /** What was waited for said nothing of the text: another time it may. */
    void forgetAnalysis() {
        awaitedText = null;
        awaited = null;
    }

    /** Has the text analysed; {@code then} runs on the event loop once {@link #analysis} knows it. */
    void analyse(String sql, Runnable then) {
        analyzer.analyze(sql)
                .whenComplete((analysis, failure) -> wire.executor().execute(() -> {
                    awaitedText = sql;
                    awaited = failure == null ? analysis : Judgement.unknown("the analysis failed");
                    then.run();
                }));
    }

    /** What a message of this text does, or null where that takes too long to be found out on the event loop. */
    @Nullable
    Judgement judgement(Collection<Opened> candidates) {
        Judged known = judged;
        if (known != null && known.fits(candidates, names.sql().version(), catalogue())) {
            return known.judgement();
        }
        for (Opened candidate : candidates) {
            if (!analyzer.areQuick(candidate, names.sql(), catalogue())) {
                return null;
            }
        }
        return Judgement.of(analyzer, names.sql(), catalogue(), candidates);
    }

    /** Finds it out on a thread of its own; {@code then} runs on the event loop once {@link #judgement} knows it. */
    void judge(Collection<Opened> candidates, Runnable then) {
        SessionState session = names.sql().snapshot();
        Catalogue known = catalogue();
        Thread.startVirtualThread(() -> {
            Judgement judgement = Judgement.of(analyzer, session, known, candidates);
            wire.executor().execute(() -> {
                judged = new Judged(List.copyOf(candidates), session.version(), known, judgement);
                then.run();
            });
        });
    }

    /** What was found out for the state that the session had at that moment. */
    private record Judged(List<Opened> candidates, long version, Catalogue catalogue, Judgement judgement) {
        @SuppressWarnings("ReferenceEquality") // each reading of a catalogue is one of its own
        boolean fits(Collection<Opened> asked, long now, Catalogue current) {
            return version == now && catalogue == current && candidates.equals(List.copyOf(asked));
        }
    }

    // ---- names and catalogue --------------------------------------------------------------------------------------

    /** Whether unqualified names can be resolved, and the catalogue can be relied on. */
    boolean areNamesKnown() {
        return names.sql().isSearchPathKnown() && !isCatalogueStale();
    }

    /** Whether the catalogue is to be read before anything is judged. */
    boolean isCatalogueStale() {
        return catalogues.stale();
    }

    /** Reads the catalogue anew; one of the two runs on the event loop. */
    void refreshCatalogue(Runnable then, Runnable failed) {
        catalogues
                .fresh()
                .whenComplete((catalogue, failure) -> wire.executor().execute(failure == null ? then : failed));
    }

    /** What this session changed is there for all to see, the gateway's own connection too. */
    private void schemaSettled() {
        schemaChanged = false;
        catalogues
                .changed()
                .whenComplete((catalogue, failure) -> wire.executor().execute(() -> {
                    if (failure == null && !mayHaveBegun) {
                        names.sql().catalogueRefreshed();
                    }
                }));
    }

    /** Takes over the search path that the target told, {@code {pg_catalog,public}}; null where it did not. */
    void path(@Nullable String array, TransactionStatus status) {
        if (array == null) {
            names.sql().searchPathUnknown();
        } else {
            names.sql().searchPath(TextArray.read(array), status != TransactionStatus.IDLE);
        }
    }

    /** What an approval is bound to beside the command itself. */
    List<String> dependencies() {
        return names.sql().isSearchPathKnown()
                ? List.of("search_path=" + String.join(",", names.sql().searchPath()))
                : List.of("search_path=?");
    }

    // ---- what commands leave behind ---------------------------------------------------------------------------------

    /** A judged command goes to the target. */
    void forwarded(Judgement judgement, CommandRun run) {
        judgement.facts().forEach(names.sql()::forwarded);
        mayHaveBegun |= judgement.mayBegin();
        mayHaveChanged |= run.command().changes();
        said.forwarded(run);
    }

    /** The target has carried a command out. */
    void completed(Answer answer) {
        schemaChanged |= answer.judgement().changesSchema();
        if (answer.hasFailed()) {
            return;
        }
        if (answer.judgement().facts().size() == 1) {
            names.completed(answer.judgement().facts().getFirst(), answer.sentAt());
        }
    }

    void transactionStatus(TransactionStatus status, boolean quiet) {
        if (quiet) {
            mayHaveBegun = status != TransactionStatus.IDLE;
        }
        if (status == TransactionStatus.IDLE) {
            if (quiet) {
                said.transactionOver();
                mayHaveChanged = false;
            }
            if (schemaChanged) {
                schemaSettled();
            }
            names.transactionEnded();
        }
    }

    /** What the client is told, as the last thing, whose answer is withheld since the audit log cannot be written. */
    ErrorFields withheld() {
        return Errors.fatal(session.withheld(mayHaveChanged));
    }

    /** What the session may still record of rows. */
    RowBudget recorded() {
        return recorded;
    }

    /** Whether something under way may have begun a transaction block. */
    boolean mayBeInTransaction() {
        return mayHaveBegun;
    }

    // ---- text that leaves -----------------------------------------------------------------------------------------

    /** Whether any column of any table is masked for this command. */
    boolean masksColumns(CommandRun run) {
        return !session.masks(run.obligations().masks()).rules().columns().isEmpty();
    }

    /** Whether the command may touch a table with masked columns, or what the server keeps elsewhere about them. */
    boolean touchesMasks(CommandRun run) {
        Masks masks = session.masks(run.obligations().masks());
        return masks.touchAny(run.command().tables())
                || masks.touchCopies(run.command().columns());
    }

    /**
     * Whether the client is to be told that columns of this command's answer are withheld: once for each text, since what
     * is prepared may run a thousand times a second.
     */
    boolean tellsOfWithheld(Command command) {
        if (told.size() >= MAX_TOLD) {
            told.clear();
        }
        return told.add(command.text().hashCode());
    }

    /** What the target says beside its answers. */
    Said said() {
        return said;
    }

    /** Whether the session can go on with what the target says of a setting. */
    boolean tolerates(String parameter, String value) {
        return switch (parameter) {
            case "client_encoding" -> value.equals("UTF8");
            case "standard_conforming_strings" -> value.equals("on");
            default -> true;
        };
    }
}
