package dev.sallyport.server.config;

/**
 * One thing that is wrong with a configuration, and where.
 *
 * @param file the file's name within the directory
 * @param line the line, from 1
 * @param column the column, from 1
 * @param key the path of the key, for example {@code spec.allow[0].actions}; empty where it is the document or the file
 * @param message what is wrong
 * @param hint what to do about it; may be empty
 */
public record Fault(String file, int line, int column, String key, String message, String hint) {
    /** {@code file:line:column: key: message (hint)}, as editors and terminals recognise it. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + (key.isEmpty() ? "" : key + ": ") + message
                + (hint.isEmpty() ? "" : " (" + hint + ")");
    }
}
