package dev.sallyport.server.config;

import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.policy.Condition;
import dev.sallyport.core.policy.IdentityMatch;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.target.TargetName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code kind: Policy}. */
final class PolicyReader {
    private final Names names;
    private final RuleReader rules;

    PolicyReader(Names names) {
        this.names = names;
        this.rules = new RuleReader(names);
    }

    Optional<Policy> read(Document document) {
        Block spec = document.spec();
        int before = spec.faults().count();
        Optional<IdentityMatch> identities =
                spec.need("identities").flatMap(Value::block).flatMap(this::identities);
        Set<TargetName> targets = targets(spec);
        List<Policy.Allow> allow = each(spec, "allow", rules::allow);
        List<Policy.Approve> approve = each(spec, "approve", rules::approve);
        List<Policy.Deny> deny = each(spec, "deny", rules::deny);
        List<Policy.Masking> masks = new ArrayList<>();
        spec.list("mask").forEach(value -> value.block().ifPresent(block -> masks.addAll(MaskReader.read(block))));
        MaskReader.checkOpenings(spec, masks);
        Limits limits = spec.block("limits").map(PolicyReader::limits).orElse(Limits.NONE);
        boolean hello = spec.flag("hello", true);
        spec.end();
        if (identities.isEmpty()) {
            return Optional.empty();
        }
        return spec.faults()
                .make(
                        before,
                        document.name(),
                        () -> new Policy(
                                document.named(),
                                identities.get(),
                                targets,
                                allow,
                                approve,
                                deny,
                                masks,
                                limits,
                                hello));
    }

    private static <T> List<T> each(Block spec, String key, Function<Block, Optional<T>> reader) {
        return spec.list(key).stream()
                .flatMap(value -> value.block().flatMap(reader).stream())
                .toList();
    }

    /** A list of names, or {@code ["*"]} for all, which the model writes as an empty set. */
    private Set<TargetName> targets(Block spec) {
        List<Value> values = spec.need("targets").map(PolicyReader::nonEmpty).orElse(List.of());
        if (values.size() == 1 && values.getFirst().text().equals(Optional.of("*"))) {
            return Set.of();
        }
        Set<TargetName> targets = new LinkedHashSet<>();
        values.forEach(value -> names.target(value).ifPresent(targets::add));
        return targets;
    }

    static List<Value> nonEmpty(Value value) {
        int before = value.source().faults().count();
        List<Value> values = value.list();
        if (values.isEmpty() && value.source().faults().count() == before) {
            value.fault("the list is empty", "leave the key out, or say what it is about");
        }
        return values;
    }

    private Optional<IdentityMatch> identities(Block block) {
        int before = block.faults().count();
        Set<GroupName> groups = new LinkedHashSet<>();
        block.find("groups")
                .ifPresent(value ->
                        nonEmpty(value).forEach(group -> names.group(group).ifPresent(groups::add)));
        Set<String> subjects = namespaced(block, "subjects", "subject");
        Set<String> clients = namespaced(block, "clients", "client");
        Optional<Condition> when = ConditionReader.read(block, Condition.Scope.IDENTITY);
        block.end();
        return block.faults().make(before, block.place(), () -> new IdentityMatch(groups, subjects, clients, when));
    }

    private Set<String> namespaced(Block block, String key, String what) {
        Set<String> found = new LinkedHashSet<>();
        block.find(key)
                .ifPresent(value -> nonEmpty(value)
                        .forEach(element -> names.namespaced(element, what).ifPresent(found::add)));
        return found;
    }

    private static Limits limits(Block block) {
        Limits limits = new Limits(
                block.number("rows", 1, Long.MAX_VALUE),
                block.size("bytes", 1, Long.MAX_VALUE, Long.MAX_VALUE),
                block.number("commandsPerSecond", 1, Integer.MAX_VALUE, Integer.MAX_VALUE),
                block.number("sessions", 1, Integer.MAX_VALUE, Integer.MAX_VALUE));
        block.end();
        return limits;
    }
}
