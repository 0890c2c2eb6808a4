package dev.sallyport.server.config;

import dev.sallyport.core.policy.Condition;
import dev.sallyport.core.policy.InvalidConditionException;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code when}, and finds the place in the file for a fault within the condition. */
final class ConditionReader {
    private ConditionReader() {}

    static Optional<Condition> read(Block block, Condition.Scope scope) {
        Optional<Value> value = block.find("when");
        Optional<String> text = value.flatMap(Value::text);
        if (value.isEmpty() || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Condition.parse(text.get(), scope));
        } catch (InvalidConditionException e) {
            fault(value.get(), text.get(), e);
            return Optional.empty();
        }
    }

    private static void fault(Value value, String text, InvalidConditionException e) {
        String message = "the condition is not valid: " + e.getMessage();
        String hint = "a condition is CEL, see docs/policy.md for what it can name";
        Optional<ScalarNode> scalar = value.scalar();
        int line = value.line();
        int column = value.column();
        if (scalar.isPresent()) {
            ScalarStyle style = scalar.get().getScalarStyle();
            if (style == ScalarStyle.LITERAL) {
                line += e.line();
                column = indentation(value.source().lines(), line) + e.column();
            } else if (e.line() == 1) {
                column += offset(style, text, e.column());
            }
        }
        value.source().fault(line, column, value.path(), message, hint);
    }

    /** How far the place is from where the scalar begins, with its quote and what is doubled or escaped within it. */
    private static int offset(ScalarStyle style, String text, int column) {
        String before = text.substring(0, Math.min(column - 1, text.length()));
        if (style == ScalarStyle.SINGLE_QUOTED) {
            return 1
                    + before.length()
                    + (int) before.chars().filter(c -> c == '\'').count();
        }
        if (style == ScalarStyle.DOUBLE_QUOTED) {
            return 1
                    + before.length()
                    + (int) before.chars().filter(c -> c == '"' || c == '\\').count();
        }
        return before.length();
    }

    private static int indentation(List<String> lines, int line) {
        if (line > lines.size()) {
            return 0;
        }
        String text = lines.get(line - 1);
        return text.length() - text.stripLeading().length();
    }
}
