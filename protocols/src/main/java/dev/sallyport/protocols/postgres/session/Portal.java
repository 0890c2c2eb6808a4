package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.command.Parameter;
import dev.sallyport.protocols.postgres.wire.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A portal that a Bind made, or may have made: a statement with its parameters. Usually one statement can stand behind
 * it; while a Parse of the same name is still unanswered there can be two, and it is judged as both.
 */
final class Portal {
    private final String name;
    private final List<Prepared> candidates;
    private final List<Parameter> parameters;
    private final List<Integer> resultFormats;
    private final List<String> searchPath;
    private final long madeAt;
    private boolean bound;
    private boolean describing;
    private @Nullable List<Field> fields;
    private boolean started;

    /**
     * As yet unbound.
     *
     * @param searchPath on which its names are resolved, empty where that is not known
     * @param madeAt see {@link dev.sallyport.sql.postgres.SessionState#now}
     */
    Portal(
            String name,
            List<Prepared> candidates,
            List<Parameter> parameters,
            List<Integer> resultFormats,
            List<String> searchPath,
            long madeAt) {
        this.name = name;
        this.candidates = List.copyOf(candidates);
        this.parameters = parameters;
        this.resultFormats = resultFormats;
        this.searchPath = List.copyOf(searchPath);
        this.madeAt = madeAt;
    }

    List<String> searchPath() {
        return searchPath;
    }

    long madeAt() {
        return madeAt;
    }

    String name() {
        return name;
    }

    List<Prepared> candidates() {
        return candidates;
    }

    /** The parameters, with the types that are known by now. */
    List<Parameter> typedParameters() {
        List<Parameter> typed = new ArrayList<>(parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            String type = candidates.size() == 1 ? candidates.getFirst().parameterType(i) : "";
            typed.add(new Parameter(type, parameter.binary(), parameter.value()));
        }
        return typed;
    }

    boolean isBound() {
        return bound;
    }

    void bound() {
        bound = true;
    }

    /** Whether the target has told the shape of its rows, or will before they come. */
    boolean isDescribed() {
        return describing;
    }

    /** Whether its statement's shape was told: then or since, the statement may have stood for other tables. */
    boolean isStatementDescribed() {
        return candidates.size() == 1 && candidates.getFirst().isDescribed();
    }

    void describing() {
        describing = true;
    }

    void described(@Nullable List<Field> columns) {
        fields = columns;
    }

    /** The columns of its rows with the formats that Bind asked for, or null where it has none or they are unknown. */
    @Nullable
    List<Field> fields() {
        if (fields != null || candidates.size() != 1) {
            return fields;
        }
        List<Field> columns = candidates.getFirst().fields().orElse(null);
        if (columns == null) {
            return null;
        }
        List<Field> formatted = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            formatted.add(columns.get(i).withFormat(format(i)));
        }
        fields = formatted;
        return fields;
    }

    private int format(int index) {
        if (resultFormats.isEmpty()) {
            return 0;
        }
        if (resultFormats.size() == 1) {
            return resultFormats.getFirst();
        }
        return index < resultFormats.size() ? resultFormats.get(index) : 0;
    }

    /** Whether an Execute of it was let through already, so that another one only fetches on. */
    boolean isStarted() {
        return started;
    }

    void started() {
        started = true;
    }
}
