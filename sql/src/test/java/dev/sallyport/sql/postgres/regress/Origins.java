package dev.sallyport.sql.postgres.regress;

import dev.sallyport.sql.postgres.BaseColumn;
import dev.sallyport.sql.postgres.Facts;
import dev.sallyport.sql.postgres.OutputColumn;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds what an answer's columns are said to derive from against the table and column that the server itself names for
 * those that are one as it is (RowDescription, in "Message Formats").
 */
final class Origins {
    /** Type, its size and modifier, and the format; the table and the column's number stand before them. */
    private static final int REST = 12;

    private final RawClient server;
    private final Report report;

    Origins(RawClient server, Report report) {
        this.server = server;
        this.report = report;
    }

    private record Described(int table, int number) {}

    void check(String sql, Facts facts, Message description, Catalogue catalogue, char status) throws IOException {
        if (facts.answers().size() != 1 || facts.answers().getFirst().isEmpty()) {
            report.answerUnknown(sql);
            return;
        }
        Optional<List<OutputColumn>> said = facts.answer(0, description.columns());
        if (said.isEmpty()) {
            report.answerMisfit(sql, facts.answers().getFirst() + " for " + description.columns());
            return;
        }
        report.answerKnown();
        List<Described> described = described(description);
        for (int i = 0; i < described.size(); i++) {
            if (described.get(i).table() != 0 && described.get(i).number() > 0) {
                column(sql, said.get().get(i), described.get(i), catalogue, status);
            } else if (said.get().get(i).from().stream().anyMatch(BaseColumn::isUnknown)) {
                report.columnOpen();
            } else {
                report.columnComputed();
            }
        }
    }

    private void column(String sql, OutputColumn said, Described described, Catalogue catalogue, char status)
            throws IOException {
        String base = name(described, catalogue, status);
        if (base == null || said.from().stream().anyMatch(BaseColumn::isUnknown)) {
            report.columnOpen();
            return;
        }
        int dot = base.lastIndexOf('\0');
        String table = base.substring(0, dot);
        String column = base.substring(dot + 1);
        boolean among = said.from().stream()
                .anyMatch(from -> from.table().equals(table)
                        && (from.column().equals(column) || from.column().equals("*")));
        if (among) {
            report.columnRight();
        } else {
            report.columnMissed(sql, table + "." + column + " is not among " + said.from());
        }
    }

    /** The catalogue's name of it, or the server's for what the catalogue does not have. */
    private @Nullable String name(Described described, Catalogue catalogue, char status) throws IOException {
        Optional<Relation> relation = catalogue.relation(described.table());
        Optional<Column> column = catalogue.column(described.table(), described.number());
        if (relation.isPresent() && column.isPresent()) {
            return relation.get().qualifiedName() + "\0" + column.get().name();
        }
        if (status == 'E') {
            return null;
        }
        List<List<@Nullable String>> rows = Target.rows(server, """
                SELECT CASE WHEN c.relpersistence = 't' THEN 'pg_temp' ELSE c.relnamespace::pg_catalog.regnamespace::text END,
                    c.relname, a.attname
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
                WHERE c.oid = %d AND a.attnum = %d""".formatted(described.table(), described.number()))
                .getFirst();
        if (rows.isEmpty()) {
            return null;
        }
        List<@Nullable String> row = rows.getFirst();
        return row.get(0) + "." + row.get(1) + "\0" + row.get(2);
    }

    private static List<Described> described(Message description) {
        ByteBuffer in = ByteBuffer.wrap(description.body());
        int count = in.getShort();
        List<Described> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            while (in.get() != 0) {
                // the name
            }
            columns.add(new Described(in.getInt(), in.getShort()));
            in.position(in.position() + REST);
        }
        return columns;
    }
}
