package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.server.config.GatewaySettings.Address;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.testkit.postgres.PostgresServer;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresSearchIndexIT extends SearchIndexContract {
    private static final PostgresServer SERVER = PostgresServer.shared();

    @BeforeAll
    static void make_a_database() {
        SERVER.createUser("indexer", "s3cret");
        SERVER.run("CREATE DATABASE search OWNER indexer");
    }

    @AfterAll
    static void drop_it() {
        SERVER.run("DROP DATABASE search WITH (FORCE)");
        SERVER.run("DROP ROLE indexer");
    }

    @Override
    Store store() {
        return postgres("s3cret", TlsMode.VERIFY_FULL);
    }

    private static Store postgres(String password, TlsMode tls) {
        return new Store.Postgres(
                new Address("localhost", SERVER.port()),
                "search",
                "indexer",
                Optional.of(Secret.of(password)),
                tls,
                Optional.of(SERVER.certificates().authority()));
    }

    @Test
    void two_logs_share_a_database(@org.junit.jupiter.api.io.TempDir java.nio.file.Path other) throws Exception {
        write();
        index();
        try (SampleLog log = new SampleLog(other)) {
            log.opened("s1", "mallory", "orders").read("s1", 1, "SELECT other");
        }
        Reindexing.run(store(), LogPlace.of(other), KEY, records -> {});
        assertThat(found(Facet.IDENTITY, "mallory")).isEmpty();
        assertThat(found(Facet.IDENTITY, "bob")).hasSize(3);
    }

    @Test
    void says_why_it_cannot_be_reached_without_the_password() throws Exception {
        write();
        assertThatThrownBy(() ->
                        SearchIndex.write(postgres("wrong-one", TlsMode.VERIFY_FULL), LogPlace.of(directory), KEY))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("in PostgreSQL at localhost:")
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("wrong-one");
    }
}
