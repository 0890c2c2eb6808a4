package dev.sallyport.server.config;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.policy.Condition;
import dev.sallyport.core.policy.ObjectPattern;
import dev.sallyport.core.policy.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the rules of a policy. */
final class RuleReader {
    private static final Map<String, Action> ACTIONS =
            Arrays.stream(Action.values()).collect(Collectors.toMap(Action::label, Function.identity()));
    private static final Duration DEFAULT_HOLD = Duration.ofMinutes(10);
    private static final Duration LONGEST_HOLD = Duration.ofDays(1);

    private final Names names;

    RuleReader(Names names) {
        this.names = names;
    }

    Optional<Policy.Allow> allow(Block block) {
        int before = block.faults().count();
        Set<Action> actions = granted(block);
        List<ObjectPattern> objects = objects(block);
        Optional<Condition> when = ConditionReader.read(block, Condition.Scope.COMMAND);
        block.end();
        return block.faults()
                .make(before, block.place(), () -> new Policy.Allow(new Policy.Match(actions, objects, when)));
    }

    Optional<Policy.Approve> approve(Block block) {
        int before = block.faults().count();
        Set<Action> actions = granted(block);
        List<ObjectPattern> objects = objects(block);
        Optional<Condition> when = ConditionReader.read(block, Condition.Scope.COMMAND);
        Optional<Block> approvers = block.need("approvers").flatMap(Value::block);
        Set<GroupName> groups = new LinkedHashSet<>();
        approvers
                .flatMap(keys -> keys.need("groups"))
                .ifPresent(value -> PolicyReader.nonEmpty(value)
                        .forEach(group -> names.group(group).ifPresent(groups::add)));
        int count = approvers.map(keys -> keys.number("count", 1, 100, 1)).orElse(1);
        approvers.ifPresent(Block::end);
        Duration second = Duration.ofSeconds(1);
        Duration hold = block.duration("hold", second, LONGEST_HOLD, DEFAULT_HOLD);
        Optional<Duration> inTransaction =
                block.find("holdInTransaction").flatMap(value -> value.duration(second, LONGEST_HOLD));
        block.end();
        return block.faults()
                .make(
                        before,
                        block.place(),
                        () -> new Policy.Approve(
                                new Policy.Match(actions, objects, when), groups, count, hold, inTransaction));
    }

    Optional<Policy.Deny> deny(Block block) {
        int before = block.faults().count();
        boolean about = !Stream.of("actions", "objects", "when")
                .flatMap(key -> block.find(key).stream())
                .toList()
                .isEmpty();
        Set<Action> actions =
                block.find("actions").map(value -> actions(value, true)).orElse(EnumSet.allOf(Action.class));
        List<ObjectPattern> objects = objects(block);
        Optional<Condition> when = ConditionReader.read(block, Condition.Scope.COMMAND);
        String message = block.text("message", "");
        String hint = block.text("hint", "");
        block.end();
        if (!about) {
            block.place()
                    .fault("denies nothing in particular", "give actions, objects or when; actions: ['*'] for all");
        }
        return block.faults()
                .make(
                        before,
                        block.place(),
                        () -> new Policy.Deny(new Policy.Match(actions, objects, when), message, hint));
    }

    /** The actions of a rule that lets something run have to be named. */
    private static Set<Action> granted(Block block) {
        return block.need("actions").map(value -> actions(value, false)).orElse(EnumSet.noneOf(Action.class));
    }

    /** {@code *} is every action; among those that are let run, {@code unknown} has to be named all the same. */
    private static Set<Action> actions(Value value, boolean starIsUnknownToo) {
        Set<Action> actions = EnumSet.noneOf(Action.class);
        for (Value element : PolicyReader.nonEmpty(value)) {
            if (element.text().equals(Optional.of("*"))) {
                Set<Action> all = EnumSet.allOf(Action.class);
                if (!starIsUnknownToo) {
                    all.remove(Action.UNKNOWN);
                }
                actions.addAll(all);
            } else {
                element.choice(ACTIONS).ifPresent(actions::add);
            }
        }
        return actions;
    }

    private static List<ObjectPattern> objects(Block block) {
        List<ObjectPattern> patterns = new ArrayList<>();
        block.find("objects")
                .ifPresent(value -> PolicyReader.nonEmpty(value)
                        .forEach(element -> pattern(element).ifPresent(patterns::add)));
        return patterns;
    }

    private static Optional<ObjectPattern> pattern(Value value) {
        int before = value.source().faults().count();
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.get().indexOf(':');
        Set<String> kinds = new HashSet<>(ObjectPattern.KINDS);
        if (colon < 0 && !text.get().equals("*")) {
            value.fault("'" + text.get() + "' names no kind of object", "write for example table:" + text.get());
            return Optional.empty();
        }
        if (colon >= 0 && !kinds.contains(text.get().substring(0, colon))) {
            value.fault(
                    "there is no kind of object '" + text.get().substring(0, colon) + "'",
                    Suggestion.hint(text.get().substring(0, colon), kinds));
            return Optional.empty();
        }
        return value.source().faults().make(before, value, () -> ObjectPattern.parse(text.get()));
    }
}
