package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexKeyFileTest {
    @TempDir
    Path directory;

    private final LocalKey old = LocalKey.of(Secret.of(LocalKey.newText()));
    private final LocalKey fresh = LocalKey.of(Secret.of(LocalKey.newText()));

    @Test
    void is_made_once_for_its_owner_alone_and_read_by_those_who_search() throws Exception {
        LogPlace log = new LogPlace(directory, KeyRing.of(old, List.of()));
        assertThatThrownBy(() -> IndexKeyFile.read(log)).hasMessageContaining("there is no " + file());
        long made = check(IndexKeyFile.make(log));
        assertThat(check(IndexKeyFile.make(log))).isEqualTo(made);
        assertThat(check(IndexKeyFile.read(log))).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(directory.toFile().list()).containsExactly("index.key");
    }

    @Test
    void stays_the_same_when_the_logs_key_is_rotated_and_needs_the_former_one_no_longer() throws Exception {
        long made = check(IndexKeyFile.make(new LogPlace(directory, KeyRing.of(old, List.of()))));
        assertThat(check(IndexKeyFile.make(new LogPlace(directory, KeyRing.of(fresh, List.of(old))))))
                .isEqualTo(made);
        assertThat(check(IndexKeyFile.read(new LogPlace(directory, KeyRing.of(fresh, List.of())))))
                .isEqualTo(made);
    }

    @Test
    void without_the_logs_key_it_cannot_be_read_and_another_is_made() throws Exception {
        long made = check(IndexKeyFile.make(new LogPlace(directory, KeyRing.of(old, List.of()))));
        LogPlace other = new LogPlace(directory, KeyRing.of(fresh, List.of()));
        assertThatThrownBy(() -> IndexKeyFile.read(other)).hasMessageContaining("a key that is not at hand");
        assertThat(check(IndexKeyFile.make(other))).isNotEqualTo(made);
        assertThatThrownBy(() -> IndexKeyFile.make(LogPlace.of(directory)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no key of the log is at hand");
    }

    @Test
    void a_change_at_any_place_of_it_is_noticed() throws Exception {
        LogPlace log = new LogPlace(directory, KeyRing.of(old, List.of()));
        long made = check(IndexKeyFile.make(log));
        byte[] bytes = Files.readAllBytes(file());
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            Files.write(file(), changed);
            assertThatThrownBy(() -> IndexKeyFile.read(log)).isInstanceOf(StoreException.class);
        }
        assertThat(check(IndexKeyFile.make(log))).isNotEqualTo(made);
    }

    private Path file() {
        return directory.resolve("index.key");
    }

    private static long check(SearchKey key) {
        return new Terms(key).check();
    }
}
