package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.command.Command;
import dev.sallyport.core.masking.Masks;
import dev.sallyport.core.session.CommandRun;
import dev.sallyport.protocols.postgres.mask.TextScrubber;
import dev.sallyport.protocols.postgres.session.Expected.Binding;
import dev.sallyport.protocols.postgres.session.Expected.ClosingPortal;
import dev.sallyport.protocols.postgres.session.Expected.DescribingStatement;
import dev.sallyport.protocols.postgres.session.Expected.Parsing;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.sql.postgres.Analysis;
import dev.sallyport.sql.postgres.Facts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the target says beside its answers, as the client and the recording may see it: errors, notices and what
 * notifications carry. What a transaction has touched can still turn up in what is said later in it, in the error of a
 * deferred constraint for one, so it counts until the transaction is over.
 */
final class Said {
    /** Stands among a command's tables for any of them, as where code runs that is not known. */
    private static final String ANY = "?";

    private final SessionContext context;
    private boolean touched;
    private boolean codeRan;

    Said(SessionContext context) {
        this.context = context;
    }

    /** The command goes to the target. */
    void forwarded(CommandRun run) {
        if (masks(run).touchAny(run.command().tables())) {
            touched = true;
            codeRan |= mayRunCode(run.command().tables());
        }
    }

    /** Nothing is under way, and no transaction is open. */
    void transactionOver() {
        touched = false;
        codeRan = false;
    }

    /**
     * An error or notice.
     *
     * @param head what the target was answering
     */
    ErrorFields scrub(ErrorFields fields, @Nullable Expected head) {
        boolean replace = touched;
        boolean code = codeRan;
        Answer answer = head == null ? null : head.answer();
        if (answer != null) {
            Command command = answer.command();
            replace |= masks(answer.run()).touchAny(command.tables());
            code |= mayRunCode(command.tables());
        } else {
            Set<String> tables = tablesOf(head);
            replace |= context.session().masks().touchAny(tables);
            code |= mayRunCode(tables);
        }
        TextScrubber scrubber = new TextScrubber(context.session().masks().detectors());
        if (!replace) {
            return scrubber.scrubbed(fields);
        }
        return code
                ? scrubber.withheld(fields, new KnownNames(context.catalogue(), fields))
                : scrubber.withheld(fields);
    }

    /**
     * What a notification carries. Of what other sessions send nothing is known, and whoever may listen is meant to hear
     * it; what this session sends while it touches masked columns may hold some of them, by a trigger for one.
     */
    String scrub(String payload, int process) {
        boolean own = process == context.wire().targetProcess();
        return touched && own && !payload.isEmpty()
                ? TextScrubber.WITHHELD
                : context.session().masks().detectors().mask(payload);
    }

    private Masks masks(CommandRun run) {
        return context.session().masks(run.obligations().masks());
    }

    private static boolean mayRunCode(Set<String> tables) {
        return tables.contains(ANY);
    }

    /**
     * What a message touches that is no command. A Bind has its statement planned, which runs functions that are marked as
     * immutable, and closing a portal ends what runs. A Parse looks at nothing but the client's own text, unless a constant
     * is of a type that runs code. What else there is runs nothing.
     */
    private Set<String> tablesOf(@Nullable Expected head) {
        return switch (head) {
            case Parsing(Prepared prepared) -> whereCodeRuns(prepared);
            case DescribingStatement(Prepared prepared, boolean _) -> whereCodeRuns(prepared);
            case Binding(Portal portal) -> tablesOf(portal.candidates());
            case ClosingPortal(List<Portal> doomed) ->
                tablesOf(doomed.stream()
                        .flatMap(portal -> portal.candidates().stream())
                        .toList());
            case null, default -> Set.of();
        };
    }

    private Set<String> whereCodeRuns(@Nullable Prepared prepared) {
        Set<String> tables = prepared == null ? Set.of() : tablesOf(List.of(prepared));
        return mayRunCode(tables) ? tables : Set.of();
    }

    private Set<String> tablesOf(List<Prepared> statements) {
        Set<Analysis> candidates = new LinkedHashSet<>();
        statements.forEach(prepared -> candidates.add(prepared.analysis()));
        Set<String> tables = new LinkedHashSet<>();
        for (Facts facts : context.judgementOf(candidates).facts()) {
            tables.addAll(facts.tables());
        }
        return tables;
    }
}
