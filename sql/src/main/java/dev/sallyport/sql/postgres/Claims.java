package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Effect;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one statement's text claims: relations, functions, objects and columns by the names it writes. Filled by the
 * readers while they walk the tree, and only read afterwards.
 */
final class Claims {
    private static final int MAX_CANDIDATES = 100_000;

    /** The detail of a relation that is a view. */
    static final String VIEW = "view";

    /**
     * A relation that the statement names.
     *
     * @param defines whether the statement makes it, so that the name is looked up where new objects go
     */
    record Relation(Name name, Action action, boolean filtered, String detail, boolean temporary, boolean defines) {}

    /**
     * A function that the statement calls.
     *
     * @param literals the arguments' constant texts, null for an argument that is no constant
     */
    record Call(Name name, List<@Nullable String> literals) {}

    /** Anything else that the statement names and that lives in a schema. */
    record Item(Action action, String kind, Name name, boolean defines, String detail) {}

    /** A use of a column, found where it stands; where it leads is followed through {@link Origin}s. */
    record Mark(Origin origin, ColumnUse.Role role) {}

    final List<Relation> relations = new ArrayList<>();
    final Set<Call> calls = new LinkedHashSet<>();
    final Set<Item> items = new LinkedHashSet<>();
    final Set<Effect> effects = new LinkedHashSet<>();
    final Set<Name> operators = new LinkedHashSet<>();
    final Set<Name> types = new LinkedHashSet<>();
    /** Whether there are parameters, of types that the text does not tell. */
    boolean parameters;

    final List<Mark> marks = new ArrayList<>();
    /** Calls that test their arguments, so that these decide; what the calls give need not. */
    final List<Origin.Called> tests = new ArrayList<>();
    /** Of each comparison of a column with one value what the column may be ({@link LoneEquality}). */
    final List<List<Origin>> equalities = new ArrayList<>();
    /** Whether the statement runs once each time that it is judged, and not as part of something that it makes. */
    boolean runsOnce;
    /** Whether it is followed what the statement's constants and parameters are for. */
    boolean followsValues;
    /** Those that are followed, if any are. */
    final Set<Value> values = new LinkedHashSet<>();
    /** Those that are no data of anybody's, such as the length of a type. */
    final Set<Value> harmless = new LinkedHashSet<>();

    /** What only decides which value is taken, and brings none along itself. */
    final Set<Origin> deciding = Collections.newSetFromMap(new IdentityHashMap<>());

    final List<Mixture> mixtures = new ArrayList<>();
    final List<Stored> stored = new ArrayList<>();
    /** What an EXECUTE gives for the parameters of what it runs, in their order. */
    final List<Mixture> arguments = new ArrayList<>();
    /** The columns of its rows, null where it gives none of its own. */
    @Nullable
    List<Origin.Derived> answer;

    /** Which of the relations stand alone, without their children: {@code ONLY t}. */
    private final BitSet alone = new BitSet();

    private int spent;
    /** Names that qualified a column: {@code c.name} may be the call {@code name(c)}. */
    final Set<String> fields = new LinkedHashSet<>();

    /** Statements inside this one that run when it runs. */
    final List<Statement> nested = new ArrayList<>();
    /** Names that mean something else from here on, until the catalogue has been read again. */
    final Set<String> disturbed = new LinkedHashSet<>();
    /** Names of relations that are no longer as the catalogue has them. */
    final Set<String> changed = new LinkedHashSet<>();

    /** Counts what a name may stand for, so that a text made for it cannot cost more than its length lets expect. */
    void spend(int candidates) {
        spent += candidates;
        if (spent > MAX_CANDIDATES) {
            throw new IllegalStateException("too many columns may be meant");
        }
    }

    /** Whether names may mean something else afterwards. */
    boolean movesNames() {
        return !disturbed.isEmpty()
                || !changed.isEmpty()
                || items.stream().anyMatch(item -> item.kind().equals("function"))
                || relations.stream().anyMatch(Relation::defines);
    }

    /** How much there is to be resolved; a small number. */
    int weight() {
        int weight = 4 * (1 + relations.size()) + marks.size() + calls.size() + operators.size() + items.size();
        for (List<Origin> equality : equalities) {
            weight += equality.size();
        }
        if (!values.isEmpty()) {
            weight += values.size() + mixtures.size() + stored.size();
        }
        for (Statement statement : nested) {
            weight += statement.weight();
        }
        return answer == null ? weight : weight + answer.size();
    }

    int relation(Name name, Action action, boolean filtered, String detail) {
        relations.add(new Relation(name, action, filtered, detail, false, false));
        return relations.size() - 1;
    }

    /** Says that the relation at this place is meant without its children, where the grammar has it so. */
    void inherits(int relation, JsonNode rangeVar) {
        alone.set(relation, !Nodes.flag(rangeVar, "inh"));
    }

    boolean isAlone(int relation) {
        return alone.get(relation);
    }

    int read(Name name) {
        return relation(name, Action.READ, true, "");
    }

    /** A relation that the statement makes; {@code persistence} is the grammar's {@code t} for temporary ones. */
    void define(Name name, String persistence) {
        define(name, persistence, "");
    }

    void define(Name name, String persistence, String detail) {
        boolean temporary = persistence.equals("t") || "pg_temp".equals(name.schema());
        relations.add(new Relation(name, Action.CREATE, true, detail, temporary, true));
    }

    void item(Action action, String kind, Name name) {
        items.add(new Item(action, kind, name, false, ""));
    }

    void defineItem(Action action, String kind, Name name) {
        items.add(new Item(action, kind, name, true, ""));
    }

    void effect(Action action, String kind, String name) {
        effects.add(Effect.of(action, kind, name));
    }

    void unknown(String kind, String name, String why) {
        effects.add(Effect.unknown(kind, name, why));
    }

    void mark(List<? extends Origin> origins, ColumnUse.Role role) {
        for (Origin origin : origins) {
            marks.add(new Mark(origin, role));
        }
    }

    /** Notes what meets in one place, where more than one column does or a value. */
    void mix(Mixture.Way way, List<? extends Origin> origins, List<Value.Carried> given, @Nullable Call by) {
        if (!given.isEmpty() || origins.size() > 1) {
            mixtures.add(new Mixture(way, List.copyOf(origins), List.copyOf(given), by));
        }
    }
}
