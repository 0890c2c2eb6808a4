package dev.sallyport.core.identity;

/**
 * A group as one issuer names it. The same name from two issuers is two groups, so a group is always written with its
 * issuer: {@code okta:support}.
 *
 * @param issuer the name of the configured issuer
 * @param name the group's name as it stands in the token
 */
public record GroupName(String issuer, String name) {
    public GroupName {
        if (issuer.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException("group: '" + issuer + ":" + name + "' (expected: issuer:name)");
        }
    }

    /** Reads {@code issuer:name}; the name may itself hold colons. */
    public static GroupName parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || colon == text.length() - 1) {
            throw new IllegalArgumentException("group: '" + text + "' (expected: issuer:name)");
        }
        return new GroupName(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return issuer + ":" + name;
    }
}
