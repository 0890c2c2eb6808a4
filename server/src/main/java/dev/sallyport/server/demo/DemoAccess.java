package dev.sallyport.server.demo;

import dev.sallyport.core.target.Secret;
import dev.sallyport.server.cli.SallyportCommand;
import dev.sallyport.server.client.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The ways into a running demo, as its users have them: clients, the admin API, the command line. */
final class DemoAccess {
    private final ReadyFile ready;

    DemoAccess(ReadyFile ready) {
        this.ready = ready;
    }

    /** Through the gateway, with the token of {@code role}. */
    ShopClient through(String role) throws SQLException {
        return ShopClient.connect(ready.postgresPort(), role, token(role), caFile());
    }

    /** To the database itself, past the gateway, to see what is really there. */
    ShopClient direct() throws SQLException {
        return ShopClient.connect(ready.directPort(), DemoPostgres.USER, ready.directPassword(), caFile());
    }

    AdminClient admin(String role) throws IOException {
        return new AdminClient(
                ready.admin(),
                Secret.of(token(role)),
                Optional.of(ready.files().tls().resolve("ca.pem")));
    }

    /** What a command prints; a status other than 0 is an exception with all that it said. */
    String sallyport(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--audit-dir", ready.files().audit().toString()));
        StringWriter out = new StringWriter();
        PrintWriter printer = new PrintWriter(out);
        int status = SallyportCommand.commandLine(printer, printer).execute(all.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException("exit code " + status + ": " + out);
        }
        return out.toString();
    }

    /** The session that the writer held an approved command in. */
    String writersSession() {
        String last = "";
        for (String line : sallyport("sessions", "list", "--identity", "demo:writer-bot", "--json")
                .lines()
                .toList()) {
            JsonNode session = JsonMapper.shared().readTree(line);
            last = session.path("session").asString(last);
        }
        return last;
    }

    private String token(String role) {
        String token = ready.tokens().get(role);
        if (token == null) {
            throw new IllegalArgumentException(
                    "role: '" + role + "' (expected: " + ready.tokens().keySet() + ")");
        }
        return token;
    }

    private String caFile() {
        return ready.files().tls().resolve("ca.pem").toString();
    }
}
