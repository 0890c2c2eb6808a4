package dev.sallyport.protocols.postgres.wire;

/**
 * One column of a RowDescription.
 *
 * @param name the column's name in the answer
 * @param tableOid the OID of the table it is taken from as it is, 0 where it is computed
 * @param attribute its number in that table, from 1; 0 where it is computed
 * @param typeOid the OID of its type
 * @param typeSize {@code pg_type.typlen}
 * @param typeModifier {@code pg_attribute.atttypmod}
 * @param format 0 text, 1 binary
 */
public record Field(String name, int tableOid, int attribute, int typeOid, int typeSize, int typeModifier, int format) {

    public Field withFormat(int other) {
        return new Field(name, tableOid, attribute, typeOid, typeSize, typeModifier, other);
    }
}
