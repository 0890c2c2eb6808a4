package dev.sallyport.core.approval;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.identity.TestIdentities;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.policy.Obligations;
import dev.sallyport.core.target.TargetName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Commands to ask approval for. */
final class Asked {
    static final TargetName ORDERS = new TargetName("orders");
    static final Identity BOT = TestIdentities.okta("bot", "writers");
    static final Identity ALICE = TestIdentities.okta("alice", "oncall");
    static final Identity BOB = TestIdentities.okta("bob", "oncall", "leads");

    private Asked() {}

    static Command update() {
        return command("UPDATE t SET a = $1 WHERE id = 7", "x", false);
    }

    static Command command(String text, String value, boolean inTransaction) {
        return new Command(
                text,
                List.of(new Parameter("25", false, Optional.of(value.getBytes(StandardCharsets.UTF_8)))),
                List.of(Effect.of(Action.UPDATE, "table", "public.t")),
                Set.of("public.t"),
                Set.of(new ColumnUse("public.t", "id", ColumnUse.Role.PREDICATE)),
                AnswerShape.DESCRIBED,
                inTransaction,
                List.of("search_path=public"));
    }

    static Decision.HoldTerms terms(int count, Duration hold, String... groups) {
        return new Decision.HoldTerms(
                Arrays.stream(groups).map(name -> new GroupName("okta", name)).collect(Collectors.toSet()),
                count,
                hold,
                hold.dividedBy(10));
    }

    static Decision.Hold hold(Decision.HoldTerms terms, long revision) {
        return new Decision.Hold(
                terms, new Obligations(MaskRules.NONE, Limits.NONE), List.of("p/approve[0]"), revision);
    }

    static Request request(Identity identity, Command command, Decision.Hold decision) {
        return new Request(identity, ORDERS, "s1", 3, "127.0.0.1:5", command, decision, command.text(), List.of());
    }
}
