package dev.sallyport.protocols.postgres.mask;

/**
 * In which form a COPY TO STDOUT comes, with the options that its statement gave. Delimiter, quote and escape are single
 * ASCII characters, as PostgreSQL demands.
 */
public sealed interface CopyFormat {

    /**
     * The default format.
     *
     * @param nullText what stands for NULL
     * @param header whether the first line has the columns' names
     */
    record Text(char delimiter, String nullText, boolean header) implements CopyFormat {
        public static final Text DEFAULT = new Text('\t', "\\N", false);

        public Text {
            requireAscii(delimiter);
        }
    }

    /**
     * Comma-separated values.
     *
     * @param nullText what stands, without quotes, for NULL
     * @param header whether the first line has the columns' names
     */
    record Csv(char delimiter, char quote, char escape, String nullText, boolean header) implements CopyFormat {
        public static final Csv DEFAULT = new Csv(',', '"', '"', "", false);

        public Csv {
            requireAscii(delimiter);
            requireAscii(quote);
            requireAscii(escape);
        }
    }

    /** Length and bytes of each value, as in a row with binary columns. */
    record Binary() implements CopyFormat {}

    private static void requireAscii(char c) {
        if (c == 0 || c > 0x7f || c == '\n' || c == '\r') {
            throw new IllegalArgumentException("delimiter, quote or escape: U+" + Integer.toHexString(c)
                    + " (expected: an ASCII character other than a line's end)");
        }
    }
}
