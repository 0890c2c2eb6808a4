package dev.sallyport.core.policy;

/** Text that came from a client, made fit for a message: no control or direction marks, and not too long. */
final class Shown {
    private static final int MAX_CHARACTERS = 120;

    private Shown() {}

    static String text(String raw) {
        StringBuilder shown = new StringBuilder(Math.min(raw.length(), MAX_CHARACTERS) + 1);
        int end = Math.min(raw.length(), MAX_CHARACTERS);
        for (int i = 0; i < end; i++) {
            char c = raw.charAt(i);
            int type = Character.getType(c);
            boolean unfit = Character.isISOControl(c)
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE;
            shown.append(unfit ? '\uFFFD' : c);
        }
        return raw.length() > MAX_CHARACTERS ? shown.append('…').toString() : shown.toString();
    }
}
