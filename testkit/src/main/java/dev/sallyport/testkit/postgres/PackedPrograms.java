package dev.sallyport.testkit.postgres;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** The programs of one PostgreSQL version as they stand, packed once more, in the jar that carries them. */
final class PackedPrograms {
    private static final String ENTRY = "postgres-linux-x86_64.txz";

    private PackedPrograms() {}

    static InputStream open(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry entry = file.getEntry(ENTRY);
            if (entry == null) {
                throw new FileNotFoundException(jar + ": has no " + ENTRY);
            }
            try (InputStream packed = file.getInputStream(entry)) {
                return new ByteArrayInputStream(packed.readAllBytes());
            }
        }
    }
}
