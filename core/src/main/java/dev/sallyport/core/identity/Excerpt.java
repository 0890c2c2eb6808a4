package dev.sallyport.core.identity;

/** A short, escaped piece of what a stranger sent, fit for one line of a log. */
final class Excerpt {
    private static final int MAX_CHARS = 80;

    private Excerpt() {}

    /** Printable ASCII stays; anything else is written as {@code \\uXXXX}, and what is long is cut. */
    static String of(String text) {
        StringBuilder shown = new StringBuilder("'");
        int end = Math.min(text.length(), MAX_CHARS);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c <= '~' && c != '\'' && c != '\\') {
                shown.append(c);
            } else {
                shown.append(String.format("\\u%04x", (int) c));
            }
        }
        return shown.append(text.length() > MAX_CHARS ? "…'" : "'").toString();
    }
}
