package dev.sallyport.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.testkit.tls.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationFaultsTest {
    private static final String GATEWAY = """
            kind: Gateway
            name: g
            spec:
              listeners:
                - {name: pg, protocol: postgres, address: "127.0.0.1:5432", tls: disable}
              audit: {directory: audit}
            """;
    private static final String ISSUER = """
            kind: Issuer
            name: okta
            spec:
              issuer: https://acme.okta.com
              audiences: [sallyport]
            """;
    private static final String TARGET = """
            kind: Target
            name: orders
            spec:
              protocol: postgres
              address: db:5432
              credential: {username: u, password: {env: PASSWORD}}
            """;
    private static final String POLICY = """
            kind: Policy
            name: p
            spec:
              identities: {groups: [okta:support]}
              targets: [orders]
              allow:
                - {actions: [read], objects: ["table:public.orders"]}
            """;

    @TempDir
    Path directory;

    @Test
    void the_documents_that_the_faults_are_put_into_have_none() throws Exception {
        assertThat(faultsWith(Map.of())).isEmpty();
    }

    /** File, what stands there, what is put in its place, and every fault that there is to be then. */
    static Stream<Arguments> faults() {
        return Stream.of(
                // Documents
                fault(
                        "policy",
                        "kind: Policy",
                        "kind: Polcy",
                        "policy.yaml:1:7: kind: 'Polcy' is not known here (did you mean 'Policy'?)"),
                fault("policy", "name: p\n", "", "policy.yaml:1:1: name: is missing"),
                fault(
                        "policy",
                        "name: p\n",
                        "name: p\nspecs: {}\n",
                        "policy.yaml:3:1: specs: the key 'specs' is not known here (did you mean 'spec'?)"),
                fault(
                        "policy",
                        "kind: Policy",
                        "kind: [",
                        "policy.yaml:3:5: is not YAML: expected ',' or ']', but got :"),
                fault(
                        "policy",
                        "name: p",
                        "name: p\nname: q",
                        "policy.yaml:3:1: name: the key stands here twice (first at line 2)"),
                fault(
                        "policy",
                        "name: p",
                        "\tname: p",
                        "policy.yaml:2:1: is not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation) (indent with spaces)"),
                fault(
                        "policy",
                        "kind: Policy",
                        "just a text",
                        "policy.yaml:2:5: is not YAML: mapping values are not allowed here"),
                // Keys and did you mean
                fault(
                        "policy",
                        "allow:",
                        "alow:",
                        "policy.yaml:6:3: spec.alow: the key 'alow' is not known here (did you mean 'allow'?)"),
                fault(
                        "policy",
                        "identities:",
                        "identites:",
                        "policy.yaml:4:3: spec.identities: is missing (is 'identites' meant to be it?)",
                        "policy.yaml:4:3: spec.identites: the key 'identites' is not known here (did you mean 'identities'?)"),
                fault(
                        "policy",
                        "objects: [\"table:public.orders\"]",
                        "object: [x]",
                        "policy.yaml:7:25: spec.allow[0].object: the key 'object' is not known here (did you mean 'objects'?)"),
                // References
                fault(
                        "policy",
                        "okta:support",
                        "otka:support",
                        "policy.yaml:4:25: spec.identities.groups[0]: there is no issuer 'otka' (did you mean 'okta'?)"),
                fault(
                        "policy",
                        "okta:support",
                        "support",
                        "policy.yaml:4:25: spec.identities.groups[0]: 'support' names no issuer (write ISSUER:GROUP, for example okta:support)"),
                fault(
                        "policy",
                        "[orders]",
                        "[order]",
                        "policy.yaml:5:13: spec.targets[0]: there is no target 'order' (did you mean 'orders'?)"),
                fault(
                        "policy",
                        "groups: [okta:support]",
                        "subjects: [bot]",
                        "policy.yaml:4:27: spec.identities.subjects[0]: 'bot' names no issuer (write ISSUER:SUBJECT, for example okta:bot)"),
                // Rules
                fault(
                        "policy",
                        "[read]",
                        "[reed]",
                        "policy.yaml:7:18: spec.allow[0].actions[0]: 'reed' is not known here (did you mean 'read'?)"),
                fault("policy", "actions: [read], ", "", "policy.yaml:7:7: spec.allow[0].actions: is missing"),
                fault(
                        "policy",
                        "[read]",
                        "[]",
                        "policy.yaml:7:17: spec.allow[0].actions: the list is empty (leave the key out, or say what it is about)"),
                fault(
                        "policy",
                        "[read]",
                        "read",
                        "policy.yaml:7:17: spec.allow[0].actions: expected a list, found 'read' (write [read])"),
                fault(
                        "policy",
                        "table:public.orders",
                        "public.orders",
                        "policy.yaml:7:35: spec.allow[0].objects[0]: 'public.orders' names no kind of object (write for example table:public.orders)"),
                fault(
                        "policy",
                        "table:public.orders",
                        "tabel:public.orders",
                        "policy.yaml:7:35: spec.allow[0].objects[0]: there is no kind of object 'tabel' (did you mean 'table'?)"),
                fault(
                        "policy",
                        "table:public.orders",
                        "table:orders",
                        "policy.yaml:7:35: spec.allow[0].objects[0]: object: 'table:orders' (expected: table:schema.name or table:*)"),
                fault(
                        "policy",
                        "{groups: [okta:support]}",
                        "{}",
                        "policy.yaml:4:15: spec.identities: identities: {} (expected: groups, subjects, clients or when)"),
                added(
                        "  deny:\n    - {message: No.}",
                        "policy.yaml:9:7: spec.deny[0]: denies nothing in particular (give actions, objects or when; actions: ['*'] for all)"),
                added(
                        "  approve:\n    - {actions: [update], approver: {groups: [okta:x]}}",
                        "policy.yaml:9:7: spec.approve[0].approvers: is missing (is 'approver' meant to be it?)",
                        "policy.yaml:9:27: spec.approve[0].approver: the key 'approver' is not known here (did you mean 'approvers'?)"),
                added(
                        "  approve:\n    - {actions: [update], approvers: {groups: [okta:x], count: 0}, hold: 10}",
                        "policy.yaml:9:64: spec.approve[0].approvers.count: 0 is out of range (from 1 to 100)",
                        "policy.yaml:9:74: spec.approve[0].hold: '10' is not a duration (write for example 10s or 10m)"),
                added(
                        "  limits: {rows: many, bytes: 50 MB, sessions: 0}",
                        "policy.yaml:8:18: spec.limits.rows: expected a whole number, found 'many'",
                        "policy.yaml:8:31: spec.limits.bytes: '50 MB' is not a size (write for example 65536, 64KiB or 50MB)",
                        "policy.yaml:8:48: spec.limits.sessions: 0 is out of range (from 1 to 2147483647)"),
                added("  hello: yes", "policy.yaml:8:10: spec.hello: expected true or false, found 'yes'"),
                // Masks
                added(
                        "  mask:\n    - {columns: [customers.ssn], with: redact}",
                        "policy.yaml:9:18: spec.mask[0].columns[0]: 'customers.ssn' is not a column (write schema.table.column, each may hold *)"),
                added(
                        "  mask:\n    - {columns: [a.b.c], with: redcat}",
                        "policy.yaml:9:32: spec.mask[0].with: 'redcat' is not known here (did you mean 'redact'?)"),
                added(
                        "  mask:\n    - {detect: [credit_card], with: {keepLast: 4, keepFirst: 2}}",
                        "policy.yaml:9:17: spec.mask[0].detect[0]: 'credit_card' is not known here (did you mean 'credit-card'?)",
                        "policy.yaml:9:37: spec.mask[0].with: expected either keepLast or keepFirst (write redact, null, hash, {keepLast: 4} or {keepFirst: 4})"),
                added(
                        "  mask:\n    - {with: redact}",
                        "policy.yaml:9:7: spec.mask[0]: masks nothing (give columns, results or detect)"),
                added(
                        "  mask:\n    - {columns: [a.b.c], with: redact, predicates: equal}",
                        "policy.yaml:9:52: spec.mask[0].predicates: 'equal' is not known here (one of: allow, deny, equality)"),
                added(
                        "  mask:\n    - {columns: [a.b.c], with: redact, predicates: equality, equalityPerMinute: 0}",
                        "policy.yaml:9:81: spec.mask[0].equalityPerMinute: 0 is out of range (from 1 to 1000000)"),
                added(
                        "  mask:\n    - {columns: [a.b.c], with: redact, equalityPerMinute: 5}",
                        "policy.yaml:9:59: spec.mask[0].equalityPerMinute: is about equalities, which are not allowed here (write predicates: equality)"),
                added(
                        "  mask:\n    - {columns: [a.b.c], with: redact, exempt: [AVG, avg(x), sum]}",
                        "policy.yaml:9:49: spec.mask[0].exempt[0]: 'AVG' is not a built-in function's name (write for example avg)",
                        "policy.yaml:9:54: spec.mask[0].exempt[1]: 'avg(x)' is not a built-in function's name (write for example avg)"),
                added(
                        "  mask:\n    - {detect: [email], with: redact, predicates: equality}",
                        "policy.yaml:9:51: spec.mask[0].predicates: is about masks on columns only"),
                added(
                        "  mask:\n    - {open: [statistic]}\n    - {columns: [a.b.c], with: redact}",
                        "policy.yaml:9:15: spec.mask[0].open[0]: 'statistic' is not known here (did you mean 'statistics'?)"),
                added(
                        "  mask:\n    - {open: [statistics]}",
                        "policy.yaml:9:5: spec.mask: opens what is closed by masks on columns, of which it has none (an open entry is about the masks of its own policy)"),
                // Conditions, at their place within the text
                added(
                        "  deny:\n    - {when: 'command.text == 1'}",
                        "policy.yaml:9:28: spec.deny[0].when: the condition is not valid: found no matching overload for '_==_' applied to '(string, int)' (candidates: (%A0, %A0)) (a condition is CEL, see docs/policy.md for what it can name)"),
                added(
                        "  deny:\n    - {when: command.txt == \"x\"}",
                        "policy.yaml:9:21: spec.deny[0].when: the condition is not valid: undefined field 'txt' (a condition is CEL, see docs/policy.md for what it can name)"),
                added(
                        "  deny:\n    - when: |\n        command.text == \"x\" &&\n        comand.inTransaction",
                        "policy.yaml:11:9: spec.deny[0].when: the condition is not valid: undeclared reference to 'comand' (in container '') (a condition is CEL, see docs/policy.md for what it can name)"),
                fault(
                        "policy",
                        "{groups: [okta:support]}",
                        "{when: 'command.text == \"x\"'}",
                        "policy.yaml:4:23: spec.identities.when: the condition is not valid: undeclared reference to 'command' (in container '') (a condition is CEL, see docs/policy.md for what it can name)"),
                // Targets
                fault(
                        "target",
                        "db:5432",
                        "db",
                        "target.yaml:5:12: spec.address: 'db' is not an address (write host:port, or [::1]:port for IPv6)"),
                fault(
                        "target",
                        "db:5432",
                        "db:0",
                        "target.yaml:5:12: spec.address: 'db:0' is not an address (write host:port, or [::1]:port for IPv6)"),
                fault(
                        "target",
                        "protocol: postgres",
                        "protocol: postgresql",
                        "target.yaml:4:13: spec.protocol: 'postgresql' is not known here (did you mean 'postgres'?)"),
                fault(
                        "target",
                        "{env: PASSWORD}",
                        "{env: PASSWORT}",
                        "target.yaml:6:45: spec.credential.password.env: the environment variable PASSWORT is not set"),
                fault(
                        "target",
                        "{env: PASSWORD}",
                        "s3cret",
                        "target.yaml:6:39: spec.credential.password: a secret does not stand in the configuration itself (write {env: NAME} or {file: PATH})"),
                fault(
                        "target",
                        "{env: PASSWORD}",
                        "{env: A, file: b}",
                        "target.yaml:6:39: spec.credential.password: expected either env or file (write {env: NAME} or {file: PATH})"),
                fault(
                        "target",
                        "{env: PASSWORD}",
                        "{file: /nowhere/x}",
                        "target.yaml:6:46: spec.credential.password.file: there is no readable file /nowhere/x (paths are relative to the configuration's directory)"),
                fault(
                        "target",
                        "  credential",
                        "  tls: verify\n  credential",
                        "target.yaml:6:8: spec.tls: 'verify' is not known here (one of: disable, require, verify-ca, verify-full)"),
                fault(
                        "target",
                        "name: orders",
                        "name: \"a b\"",
                        "policy.yaml:5:13: spec.targets[0]: there is no target 'orders' (one of: a b)",
                        "target.yaml:2:7: name: target: 'a b' (expected: 1 to 63 letters, digits, '.', '_', '-')"),
                // Issuers
                fault(
                        "issuer",
                        "https://acme",
                        "http://acme",
                        "issuer.yaml:2:7: name: issuer okta: 'http://acme.okta.com' (expected: https, for whoever stands in between could swap the keys)"),
                fault("issuer", "  audiences: [sallyport]\n", "", "issuer.yaml:4:3: spec.audiences: is missing"),
                fault(
                        "issuer",
                        "  audiences",
                        "  algorithms: [HS256]\n  audiences",
                        "issuer.yaml:5:16: spec.algorithms[0]: 'HS256' is not known here (did you mean 'ES256'?)"),
                fault(
                        "issuer",
                        "  audiences",
                        "  jwks: {url: x}\n  audiences",
                        "issuer.yaml:5:9: spec.jwks: expected either file or uri (write {file: keys.json} or {uri: https://…})",
                        "issuer.yaml:5:10: spec.jwks.url: the key 'url' is not known here (did you mean 'uri'?)"),
                // Gateway
                fault(
                        "gateway",
                        "127.0.0.1:5432",
                        "0.0.0.0:5432",
                        "gateway.yaml:5:7: spec.listeners[0]: tls: disable (expected: a certificate, as 0.0.0.0:5432 can be reached from other machines)"),
                fault("gateway", ", tls: disable", "", "gateway.yaml:5:7: spec.listeners[0].tls: is missing"),
                fault(
                        "gateway",
                        "tls: disable",
                        "tls: {certificate: a.crt, key: a.key}",
                        "gateway.yaml:5:84: spec.listeners[0].tls.certificate: there is no readable file DIR/a.crt (paths are relative to the configuration's directory)",
                        "gateway.yaml:5:96: spec.listeners[0].tls.key: there is no readable file DIR/a.key (paths are relative to the configuration's directory)"),
                fault(
                        "gateway",
                        "tls: disable",
                        "tls: disable, target: order",
                        "gateway.yaml:5:87: spec.listeners[0].target: there is no target 'order' (did you mean 'orders'?)"),
                fault(
                        "gateway",
                        "tls: disable",
                        "tls: disable, oauth: {scope: x}",
                        "gateway.yaml:5:86: spec.listeners[0].oauth: is of no use with auth: password (set auth: oauthbearer)"),
                fault("gateway", "  audit: {directory: audit}\n", "", "gateway.yaml:4:3: spec.audit: is missing"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, signingKey: plain}",
                        "gateway.yaml:6:41: spec.audit.signingKey: a secret does not stand in the configuration itself (write {env: NAME} or {file: PATH})"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, signingKey: {env: PASSWORD}}",
                        "gateway.yaml:6:41: spec.audit.signingKey: signing key: is not of the form PRIVATE+KEY+name+id+key (make one with: sallyport audit keygen)"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, publish: [{token: {env: PASSWORD}}]}",
                        "gateway.yaml:6:39: spec.audit.publish[0]: expected either file or url (write {file: PATH} or {url: https://…, token: {env: NAME}})"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, publish: [{file: a, token: {env: PASSWORD}}]}",
                        "gateway.yaml:6:39: spec.audit.publish[0]: expected either file or url (write {file: PATH} or {url: https://…, token: {env: NAME}})"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, publish: [{url: \"http://log.example.com/\"}]}",
                        "gateway.yaml:6:45: spec.audit.publish[0].url: url: 'http://log.example.com/' (expected: https, or http on this machine)"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, stream: [{name: a}]}",
                        "gateway.yaml:6:38: spec.audit.stream[0]: expected either file or stdout (write file: PATH or stdout: true)"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, stream: [{name: a, file: b, stdout: true}]}",
                        "gateway.yaml:6:38: spec.audit.stream[0]: expected either file or stdout (write file: PATH or stdout: true)"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, stream: [{name: ../a, stdout: true}]}",
                        "gateway.yaml:6:38: spec.audit.stream[0]: '../a' is no name for a stream (expected: a-z, 0-9 and -, at most 63)"),
                fault(
                        "gateway",
                        "{directory: audit}",
                        "{directory: audit, stream: [{name: a, file: b}, {name: a, file: ./b}]}",
                        "gateway.yaml:6:58: spec.audit.stream[1]: there are two streams 'a' (the first is at line 6)",
                        "gateway.yaml:6:58: spec.audit.stream[1]: two streams go to the same place (the first is at line 6)"),
                fault(
                        "gateway",
                        "  audit:",
                        "  admin: {address: 1.2.3.4:80, tls: disable}\n  audit:",
                        "gateway.yaml:6:10: spec.admin: tls: disable (expected: a certificate, as 1.2.3.4:80 can be reached from other machines)"),
                fault(
                        "gateway",
                        "  audit:",
                        "  store: {}\n  audit:",
                        "gateway.yaml:6:10: spec.store: expected either sqlite or postgres (write {sqlite: PATH} or {postgres: {address: …}})"),
                fault(
                        "gateway",
                        "  audit:",
                        "  store: {sqlite: a, postgres: {}}\n  audit:",
                        "gateway.yaml:6:10: spec.store: expected either sqlite or postgres (write {sqlite: PATH} or {postgres: {address: …}})"),
                fault(
                        "gateway",
                        "  audit:",
                        "  store: {postgres: {address: db, database: d, username: u, password: s3cret, tls: maybe}}\n  audit:",
                        "gateway.yaml:6:31: spec.store.postgres.address: 'db' is not an address (write host:port, or [::1]:port for IPv6)",
                        "gateway.yaml:6:71: spec.store.postgres.password: a secret does not stand in the configuration itself (write {env: NAME} or {file: PATH})",
                        "gateway.yaml:6:84: spec.store.postgres.tls: 'maybe' is not known here (one of: disable, require, verify-ca, verify-full)"),
                fault(
                        "gateway",
                        "  audit:",
                        "  masking: {hashKey: {env: PASSWORD}}\n  audit:",
                        "gateway.yaml:6:22: spec.masking.hashKey: the key is shorter than 16 bytes (make one with: openssl rand -hex 32)"),
                fault(
                        "gateway",
                        "  audit:",
                        "  limits: {holdInTransaction: 2d}\n  audit:",
                        "gateway.yaml:6:31: spec.limits.holdInTransaction: '2d' is out of range (from 1s to 3600s)"));
    }

    @ParameterizedTest
    @MethodSource
    void faults(String file, String replaced, String by, List<String> expected) throws Exception {
        assertThat(faultsWith(Map.of(file, replaced + "\0" + by)))
                .containsExactlyElementsOf(expected.stream()
                        .map(text -> text.replace("DIR", directory.toString()))
                        .toList());
    }

    @Test
    void reports_the_faults_of_all_files_together() throws Exception {
        assertThat(faultsWith(
                        Map.of("target", "db:5432\0db", "policy", "[read]\0[reed]", "issuer", "audiences\0audience")))
                .hasSize(4)
                .anyMatch(fault -> fault.startsWith("target.yaml"))
                .anyMatch(fault -> fault.startsWith("policy.yaml"))
                .anyMatch(fault -> fault.startsWith("issuer.yaml"));
    }

    @Test
    void two_documents_of_one_kind_cannot_share_a_name() throws Exception {
        write(Map.of());
        Files.writeString(directory.resolve("z.yaml"), "---\n" + TARGET);
        assertThat(read())
                .containsExactly(
                        "z.yaml:3:7: name: there are two of kind Target with the name 'orders' (the first is in target.yaml, line 2)");
    }

    @Test
    void there_is_exactly_one_gateway() throws Exception {
        write(Map.of());
        Files.writeString(directory.resolve("z.yaml"), GATEWAY.replace("name: g", "name: h"));
        assertThat(read())
                .containsExactly("z.yaml:2:7: name: there is more than one Gateway (the first is in gateway.yaml)");
        Files.delete(directory.resolve("z.yaml"));
        Files.delete(directory.resolve("gateway.yaml"));
        assertThat(read())
                .containsExactly(".:1:1: there is no document of kind Gateway (add one, see docs/configuration.md)");
    }

    @Test
    void what_is_no_directory_of_documents_is_a_fault() throws Exception {
        Path file = Files.writeString(directory.resolve("x"), "x");
        assertThat(new ConfigurationLoader(Map.of()).read(file))
                .isInstanceOfSatisfying(
                        Result.Faulty.class,
                        faulty -> assertThat(faulty.faults())
                                .singleElement()
                                .extracting(Fault::message)
                                .isEqualTo("is not a directory"));
    }

    @Test
    void files_that_are_too_large_or_not_text_are_faults() throws Exception {
        write(Map.of());
        Files.write(directory.resolve("large.yaml"), new byte[DirectoryScan.MAX_FILE_BYTES + 10]);
        Files.write(directory.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE4});
        assertThat(read())
                .containsExactly(
                        "large.yaml:1:1: is larger than 1 MiB (split it into several files)",
                        "latin.yaml:1:1: is not UTF-8");
    }

    @Test
    void certificates_and_keys_that_cannot_be_used_are_faults_where_they_are_named() throws Exception {
        TestCertificates authority = TestCertificates.in(directory, "ca");
        TestCertificates.Pair good = authority.forLocalhost();
        TestCertificates.Pair other = authority.forAnotherHost();
        String listener = "tls: {certificate: %s, key: %s}";
        Files.writeString(directory.resolve("text"), "not a key");

        assertThat(faultsWith(Map.of("gateway", "tls: disable\0" + listener.formatted(good.chain(), good.key()))))
                .isEmpty();
        assertThat(faultsWith(Map.of("gateway", "tls: disable\0" + listener.formatted("text", good.key()))))
                .containsExactly("gateway.yaml:5:84: spec.listeners[0].tls.certificate:"
                        + " no certificate in PEM form (BEGIN CERTIFICATE) in the file");
        assertThat(faultsWith(Map.of("gateway", "tls: disable\0tls: {key: text, certificate: " + good.chain() + "}")))
                .containsExactly("gateway.yaml:5:76: spec.listeners[0].tls.key:"
                        + " no unencrypted PKCS#8 key (BEGIN PRIVATE KEY) in the file"
                        + " (openssl pkcs8 -topk8 -nocrypt makes PKCS#8 of another form)");
        assertThat(faultsWith(
                        Map.of("gateway", "tls: disable\0tls: {key: " + other.key() + ", certificate: localhost.crt}")))
                .singleElement()
                .asString()
                .contains("tls.key: the key does not belong to the first certificate of the chain");
        assertThat(faultsWith(Map.of("target", "address: db:5432\0address: db:5432\n  trust: text")))
                .containsExactly(
                        "target.yaml:6:10: spec.trust: no certificate in PEM form (BEGIN CERTIFICATE) in the file");
    }

    @Test
    void a_file_without_a_key_that_checks_signatures_is_a_fault() throws Exception {
        String jwks = "audiences\0jwks: {file: keys.json}\n  audiences";
        Files.writeString(directory.resolve("keys.json"), "{\"keys\": [{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}]}");
        assertThat(faultsWith(Map.of("issuer", jwks)))
                .containsExactly("issuer.yaml:5:16: spec.jwks.file: no key in it that signatures can be checked with"
                        + " (it takes a JSON object with public keys in the array 'keys')");
        Files.writeString(directory.resolve("keys.json"), "{");
        assertThat(faultsWith(Map.of("issuer", jwks)))
                .singleElement()
                .asString()
                .startsWith("issuer.yaml:5:16: spec.jwks.file: not a JSON object");
    }

    @Test
    void aliases_cannot_blow_up() throws Exception {
        write(Map.of());
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [*a")
                    .append(i - 1)
                    .append(", *a")
                    .append(i - 1)
                    .append("]\n");
        }
        Files.writeString(directory.resolve("bomb.yaml"), bomb.toString());
        assertThat(read()).singleElement().asString().startsWith("bomb.yaml:").contains("aliases");
        Files.writeString(directory.resolve("bomb.yaml"), "a: &a\n  b: *a\n");
        assertThat(read()).allMatch(fault -> fault.startsWith("bomb.yaml:"));
    }

    @Test
    void nesting_cannot_exhaust_the_stack() throws Exception {
        write(Map.of());
        Files.writeString(directory.resolve("deep.yaml"), "[".repeat(200_000));
        assertThat(read()).singleElement().asString().startsWith("deep.yaml:");
    }

    @Test
    void a_secret_is_in_no_fault() throws Exception {
        assertThat(faultsWith(Map.of("target", "username: u\0usernam: u", "policy", "[read]\0[reed]")))
                .isNotEmpty()
                .noneMatch(fault -> fault.contains("s3cret"));
    }

    private static Arguments fault(String file, String replaced, String by, String... expected) {
        return Arguments.of(file, replaced, by, List.of(expected));
    }

    /** Lines that come after the policy's. */
    private static Arguments added(String lines, String... expected) {
        return Arguments.of(
                "policy",
                "[\"table:public.orders\"]}\n",
                "[\"table:public.orders\"]}\n" + lines + "\n",
                List.of(expected));
    }

    /** {@code replaced \0 by} for each file that changes. */
    private List<String> faultsWith(Map<String, String> changes) throws Exception {
        write(changes);
        return read();
    }

    private void write(Map<String, String> changes) throws Exception {
        for (var document : Map.of("gateway", GATEWAY, "issuer", ISSUER, "target", TARGET, "policy", POLICY)
                .entrySet()) {
            String text = document.getValue();
            String change = changes.get(document.getKey());
            if (change != null) {
                String[] parts = change.split("\0", -1);
                assertThat(text).contains(parts[0]);
                text = text.replace(parts[0], parts[1]);
            }
            Files.writeString(directory.resolve(document.getKey() + ".yaml"), text);
        }
    }

    private List<String> read() {
        return switch (new ConfigurationLoader(Map.of("PASSWORD", "s3cret")).read(directory)) {
            case Result.Loaded(Configuration configuration, Set<Path> files) -> new ArrayList<>();
            case Result.Faulty(List<Fault> faults) ->
                faults.stream().map(Fault::toString).toList();
        };
    }
}
