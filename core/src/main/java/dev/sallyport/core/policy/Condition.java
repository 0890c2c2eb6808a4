package dev.sallyport.core.policy;

import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;

/**
 * A condition in the Common Expression Language, type-checked when it is read. What an evaluation may cost is bounded:
 * the expression's length and depth, the turns of all its loops together, the size of a regular expression (which RE2
 * matches in linear time), and the length of a command's text that a condition gets to see. Beyond any of these it fails,
 * and what a failure means is for the rule to say; it is never an accident that lets something through.
 *
 * @see <a href="https://github.com/google/cel-spec/blob/master/doc/langdef.md">CEL language definition</a>
 */
public final class Condition {
    private static final int MAX_CHARACTERS = 4096;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_TURNS = 10_000;
    private static final int MAX_REGEX_PROGRAM = 2000;

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(MAX_CHARACTERS)
            .maxParseRecursionDepth(MAX_DEPTH)
            .comprehensionMaxIterations(MAX_TURNS)
            .maxRegexProgramSize(MAX_REGEX_PROGRAM)
            .enableHeterogeneousNumericComparisons(true)
            .build();
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.legacyCelRuntimeBuilder().setOptions(OPTIONS).build();

    /** What a condition is asked about, and so which variables it may name. */
    public enum Scope {
        /** {@code identity} */
        IDENTITY,
        /** {@code identity}, {@code target} and {@code command} */
        COMMAND;

        private final CelCompiler compiler = compiler(this);

        private static CelCompiler compiler(Scope scope) {
            var builder = CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(OPTIONS)
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                    .setTypeProvider(ConditionTypes.PROVIDER)
                    .setResultType(SimpleType.BOOL)
                    .addVar("identity", ConditionTypes.IDENTITY);
            return switch (scope) {
                case IDENTITY -> builder.build();
                case COMMAND ->
                    builder.addVar("target", ConditionTypes.TARGET)
                            .addVar("command", ConditionTypes.COMMAND)
                            .build();
            };
        }
    }

    /** How an evaluation ended. */
    enum Outcome {
        TRUE,
        FALSE,
        ERROR
    }

    private final String text;
    private final CelRuntime.Program program;

    private Condition(String text, CelRuntime.Program program) {
        this.text = text;
        this.program = program;
    }

    /**
     * Reads and checks {@code text}.
     *
     * @throws InvalidConditionException when it does not parse, names what there is not, or is not a yes-or-no question
     */
    public static Condition parse(String text, Scope scope) throws InvalidConditionException {
        if (text.length() > MAX_CHARACTERS) {
            throw new InvalidConditionException(
                    1,
                    1,
                    "the condition is too long (" + text.length() + " characters, at most " + MAX_CHARACTERS + ")");
        }
        try {
            return new Condition(
                    text, RUNTIME.createProgram(scope.compiler.compile(text).getAst()));
        } catch (CelValidationException e) {
            CelIssue first = e.getErrors().getFirst();
            throw new InvalidConditionException(
                    Math.max(1, first.getSourceLocation().getLine()),
                    Math.max(0, first.getSourceLocation().getColumn()) + 1,
                    first.getMessage());
        } catch (CelEvaluationException e) {
            throw new InvalidConditionException(1, 1, String.valueOf(e.getMessage()));
        }
    }

    Outcome evaluate(ConditionFacts facts) {
        try {
            return program.eval(facts) instanceof Boolean answer
                    ? (answer ? Outcome.TRUE : Outcome.FALSE)
                    : Outcome.ERROR;
        } catch (CelEvaluationException | RuntimeException e) {
            return Outcome.ERROR;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Condition that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
