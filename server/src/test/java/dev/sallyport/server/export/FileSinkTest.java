package dev.sallyport.server.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("events.jsonl");
    }

    @Test
    void appends_to_a_file_that_only_its_owner_reads() throws Exception {
        send("{1}\n");
        send("{2}\n{3}\n");

        assertThat(file()).hasContent("{1}\n{2}\n{3}\n");
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void begins_a_new_file_where_the_old_one_was_moved_away() throws Exception {
        try (FileSink sink = new FileSink(file())) {
            write(sink, "{1}\n");
            Files.move(file(), directory.resolve("events.1"));
            write(sink, "{2}\n");
            sink.sync();
            Files.delete(file());
            write(sink, "{3}\n");
        }

        assertThat(directory.resolve("events.1")).hasContent("{1}\n");
        assertThat(file()).hasContent("{3}\n");
    }

    @Test
    void goes_on_at_the_start_of_a_file_that_was_emptied() throws Exception {
        try (FileSink sink = new FileSink(file())) {
            write(sink, "{1}\n");
            Files.writeString(file(), "");
            write(sink, "{2}\n");
        }

        assertThat(file()).hasContent("{2}\n");
    }

    @Test
    void cuts_off_what_a_crash_left_of_a_line() throws Exception {
        for (String whole : new String[] {"", "{1}\n", ("{" + "x".repeat(200_000) + "}\n").repeat(2)}) {
            Files.writeString(file(), whole + "{\"index\":2,\"ty");
            send("{2}\n");

            assertThat(Files.readString(file())).isEqualTo(whole + "{2}\n");
        }
    }

    @Test
    void leaves_a_file_alone_that_is_no_stream() throws Exception {
        Files.writeString(file(), "root:x:0:0");
        assertThatThrownBy(() -> send("{1}\n")).isInstanceOf(IOException.class).hasMessageContaining("no line");
        assertThat(file()).hasContent("root:x:0:0");

        assertThatThrownBy(() -> write(new FileSink(directory), "{1}\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no regular file");
    }

    @Test
    void works_again_once_its_directory_is_there() throws Exception {
        Path late = directory.resolve("later/events.jsonl");
        try (FileSink sink = new FileSink(late)) {
            assertThatThrownBy(() -> write(sink, "{1}\n")).isInstanceOf(IOException.class);
            Files.createDirectory(late.getParent());
            write(sink, "{1}\n");
        }
        assertThat(late).hasContent("{1}\n");
    }

    private void send(String lines) throws IOException {
        try (FileSink sink = new FileSink(file())) {
            write(sink, lines);
            sink.sync();
        }
    }

    private static void write(FileSink sink, String lines) throws IOException {
        sink.write(ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8)));
    }
}
