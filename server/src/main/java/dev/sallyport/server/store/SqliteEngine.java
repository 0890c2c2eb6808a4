package dev.sallyport.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * SQLite, in one file that is its owner's only. It has a write-ahead log, so that readers and the writer do not wait for
 * each other; after a crash the last transactions may be missing, and are made again from the log.
 */
final class SqliteEngine implements Engine {
    /** "Sprt": tells the file from other databases, which are left alone. */
    private static final int APPLICATION_ID = 0x53707274;

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int APPLICATION_ID_OFFSET = 68;
    private static final int BUSY_MILLIS = 10_000;
    private static final int CACHE_KIB = 16 << 10;
    private static final int WAL_LIMIT = 64 << 20;
    private static final long LEAST_ROOM = 256L << 20;

    private final Path file;
    private Optional<Object> opened = Optional.empty();

    SqliteEngine(Path file) {
        this.file = file;
    }

    @Override
    public Connection connect(boolean write) throws IOException, SQLException {
        if (write) {
            create();
        } else if (!Files.exists(file)) {
            throw new StoreException("there is no search index " + file
                    + " (a running gateway makes one, and so does: sallyport audit reindex)");
        }
        if (Files.size(file) > 0) {
            check();
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setCacheSize(-CACHE_KIB);
        config.setReadOnly(!write);
        if (write) {
            config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
            config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        }
        boolean fresh = Files.size(file) == 0;
        opened = key();
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try {
            if (write) {
                setUp(connection, fresh);
            }
            return connection;
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
    }

    private static void setUp(Connection connection, boolean fresh) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (fresh) {
                // Before the write-ahead log: it has to be in the file itself.
                statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA journal_size_limit = " + WAL_LIMIT);
            statement.execute("PRAGMA secure_delete = ON");
        }
    }

    private void create() throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            Files.createFile(
                    file,
                    posix
                            ? new FileAttribute<?>[] {
                                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                            }
                            : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException there) {
            // It is gone on with.
        }
    }

    /** Some other file, configured by mistake, is neither written to nor thrown away. */
    private void check() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(APPLICATION_ID_OFFSET + Integer.BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // until it is full or the file ends
            }
        }
        if (head.hasRemaining()
                || head.flip().slice(0, MAGIC.length).mismatch(ByteBuffer.wrap(MAGIC)) >= 0
                || head.getInt(APPLICATION_ID_OFFSET) != APPLICATION_ID) {
            throw new StoreException(
                    file + " is no search index, or a damaged one (remove it, and the index is made anew)");
        }
    }

    @Override
    public boolean exists(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'meta'")) {
            return found.next();
        }
    }

    @Override
    public void drop(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // What was to be forgotten is overwritten already; the rest need not be, and would take long.
            statement.execute("PRAGMA secure_delete = OFF");
            for (String table : Schema.TABLES) {
                statement.execute("DROP TABLE IF EXISTS " + table);
            }
            statement.execute("PRAGMA secure_delete = ON");
        }
    }

    @Override
    public void prepare(Connection connection) {
        // A file needs nothing more.
    }

    @Override
    public String bytes() {
        return "BLOB";
    }

    @Override
    public String byKey() {
        return " WITHOUT ROWID";
    }

    @Override
    public void lock(Connection connection) {
        // Its transactions are begun as those of a writer.
    }

    @Override
    public void scrub(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    @Override
    public boolean saysDamaged(SQLException failed) {
        int code = failed.getErrorCode() & 0xff;
        return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    @Override
    public void discard() throws IOException {
        for (String suffix : new String[] {"", "-wal", "-shm", "-journal"}) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
        }
    }

    @Override
    public void requireRoom() throws IOException {
        if (!key().equals(opened)) {
            throw new StoreException("the search index " + file + " was removed or replaced");
        }
        FileStore disk = Files.getFileStore(file);
        if (disk.getUsableSpace() < Math.min(LEAST_ROOM, disk.getTotalSpace() / 10)) {
            throw new StoreException("the search index " + file + ": the disk is nearly full");
        }
    }

    /** Which file it is, whatever its name; empty where there is none, or files have no such thing. */
    private Optional<Object> key() throws IOException {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    @Override
    public String place() {
        return file.toString();
    }
}
