package dev.sallyport.core.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.identity.TestIdentities;
import dev.sallyport.core.target.TargetName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CommandDigestTest {
    private static final Instant END = Instant.parse("2100-01-01T00:00:00Z");

    private static Identity identity(String issuer, String subject, String client, String... actors) {
        return TestIdentities.identity(issuer, subject, Optional.ofNullable(client), List.of(actors), END);
    }

    private static Parameter text(String type, String value) {
        return new Parameter(type, false, Optional.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static Command command(
            String text, List<Parameter> parameters, List<Effect> effects, Set<String> tables, List<String> context) {
        return new Command(
                text,
                parameters,
                effects,
                tables,
                Set.of(new ColumnUse("public.t", "a", ColumnUse.Role.OUTPUT)),
                AnswerShape.DESCRIBED,
                false,
                context);
    }

    private static Command simple(String text, Parameter... parameters) {
        return command(text, List.of(parameters), List.of(), Set.of(), List.of());
    }

    private static Digest digest(Command command) {
        return CommandDigest.of(Asked.BOT, Asked.ORDERS, command);
    }

    @Test
    void is_the_same_for_the_same_command() {
        assertThat(digest(Asked.update())).isEqualTo(digest(Asked.update()));
        Effect plain = new Effect(Action.READ, new ObjectRef("table", "public.t"), true, "");
        Effect explained = new Effect(Action.READ, new ObjectRef("table", "public.t"), true, "for a person");
        assertThat(digest(command("x", List.of(), List.of(plain), Set.of("a.b", "c.d"), List.of())))
                .isEqualTo(digest(command("x", List.of(), List.of(explained), Set.of("c.d", "a.b"), List.of())));
    }

    @Test
    void differs_with_every_part() {
        Set<Digest> digests = new HashSet<>();
        List<Digest> all = List.of(
                CommandDigest.of(identity("okta", "bot", "cli"), Asked.ORDERS, simple("x")),
                CommandDigest.of(identity("keycloak", "bot", "cli"), Asked.ORDERS, simple("x")),
                CommandDigest.of(identity("okta", "bot2", "cli"), Asked.ORDERS, simple("x")),
                CommandDigest.of(identity("okta", "bot", "other"), Asked.ORDERS, simple("x")),
                CommandDigest.of(identity("okta", "bot", null), Asked.ORDERS, simple("x")),
                CommandDigest.of(identity("okta", "bot", "cli", "a"), Asked.ORDERS, simple("x")),
                CommandDigest.of(identity("okta", "bot", "cli", "a", "b"), Asked.ORDERS, simple("x")),
                CommandDigest.of(identity("okta", "bot", "cli"), new TargetName("other"), simple("x")),
                digest(simple("y")),
                digest(simple("y", text("25", "1"))),
                digest(simple("y", text("25", "2"))),
                digest(simple("y", text("23", "1"))),
                digest(simple("y", text("25", ""))),
                digest(simple("y", new Parameter("25", false, Optional.empty()))),
                digest(simple("y", new Parameter("25", true, Optional.of(new byte[] {'1'})))),
                digest(simple("y", text("25", "1"), text("25", "2"))),
                digest(simple("y", text("25", "2"), text("25", "1"))),
                digest(command("y", List.of(), List.of(Effect.of(Action.READ, "table", "a.b")), Set.of(), List.of())),
                digest(command("y", List.of(), List.of(Effect.of(Action.READ, "table", "a.c")), Set.of(), List.of())),
                digest(command("y", List.of(), List.of(Effect.of(Action.UPDATE, "table", "a.b")), Set.of(), List.of())),
                digest(command(
                        "y",
                        List.of(),
                        List.of(new Effect(Action.UPDATE, new ObjectRef("table", "a.b"), false, "")),
                        Set.of(),
                        List.of())),
                digest(command("y", List.of(), List.of(), Set.of("a.b"), List.of())),
                digest(command("y", List.of(), List.of(), Set.of(), List.of("a.b"))),
                digest(command("y", List.of(), List.of(), Set.of(), List.of("a", "b"))),
                digest(command("y", List.of(), List.of(), Set.of(), List.of("a.", "b"))),
                digest(Asked.command("y", "1", true)),
                digest(Asked.command("y", "1", false)),
                digest(simple("\ud800")),
                digest(simple("?")));

        all.forEach(digest -> assertThat(digests.add(digest)).as("%s", digest).isTrue());
    }
}
