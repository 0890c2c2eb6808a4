package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SqliteSearchIndexTest extends SearchIndexContract {
    @Override
    Store store() {
        return Store.Sqlite.in(directory);
    }

    private Path file() {
        return directory.resolve("index.sqlite");
    }

    @Test
    void is_its_owners_only() throws Exception {
        write();
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            index.progress();
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files.filter(path -> path.getFileName().toString().startsWith("index.sqlite")))
                        .isNotEmpty()
                        .allSatisfy(
                                path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void holds_no_name_and_no_word_that_could_be_read_from_it() throws Exception {
        write();
        index();
        String all = "";
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : files.filter(each -> each.getFileName().toString().startsWith("index.sqlite"))
                    .toList()) {
                all += Files.readString(path, StandardCharsets.ISO_8859_1);
            }
        }
        assertThat(all.toLowerCase(java.util.Locale.ROOT))
                .contains("open_session")
                .doesNotContain("bob", "customers", "email", "4711", "inc-1", "support", "s1\0");
    }

    @Test
    void an_index_of_another_log_is_made_anew() throws Exception {
        write();
        index();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : files.filter(each -> !each.equals(file())).toList()) {
                Files.delete(path);
            }
        }
        write();
        assertThatThrownBy(() -> SearchIndex.read(store(), LogPlace.of(directory), KEY))
                .hasMessageContaining("not one of this log");
        index();
        assertThat(found()).containsExactly(7L, 6L, 5L, 4L, 3L);
    }

    @Test
    void says_where_there_is_no_index() throws Exception {
        write();
        assertThatThrownBy(() -> SearchIndex.read(store(), LogPlace.of(directory), KEY))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("there is no search index")
                .hasMessageContaining("audit reindex");
        assertThat(file()).doesNotExist();
    }

    @Test
    void leaves_a_file_alone_that_is_no_index() throws Exception {
        write();
        Files.writeString(file(), "somebody's notes, which are longer than what stands at a database's head".repeat(9));
        assertThatThrownBy(() -> SearchIndex.write(store(), LogPlace.of(directory), KEY))
                .hasMessageContaining("is no search index");
        assertThatThrownBy(() -> SearchIndex.read(store(), LogPlace.of(directory), KEY))
                .hasMessageContaining("is no search index");
        assertThat(file()).content().startsWith("somebody's notes");
    }

    @Test
    void what_is_damaged_is_an_error_and_never_an_answer_of_the_wrong_kind() throws Exception {
        write();
        index();
        byte[] bytes = Files.readAllBytes(file());
        for (int page = 1; page < bytes.length / 4096; page++) {
            byte[] damaged = bytes.clone();
            for (int i = page * 4096; i < (page + 1) * 4096; i++) {
                damaged[i] ^= 0x5a;
            }
            Files.write(file(), damaged);
            try {
                assertThat(found(Facet.SESSION, "s1")).isSubsetOf(3L, 4L, 6L);
            } catch (StoreException told) {
                assertThat(told).hasMessageContaining(file().toString());
            }
        }
    }
}
