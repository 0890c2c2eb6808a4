package dev.sallyport.verify;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditReader;
import dev.sallyport.core.audit.LogPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Marks that tests put into statements, to find them again on either side of the gateway. */
final class Evidence {
    private static final Pattern MARK = Pattern.compile("mark-[a-z]+-\\d+-\\d+-\\d+");

    private Evidence() {}

    /** The marks in a text, for example in a server's log. */
    static Set<String> in(String text) {
        Set<String> marks = new TreeSet<>();
        Matcher matcher = MARK.matcher(text);
        while (matcher.find()) {
            marks.add(matcher.group());
        }
        return marks;
    }

    /** The marks in a command's text and parameters. */
    static Set<String> of(AuditEvent.CommandDecided decided) {
        Set<String> marks = in(decided.text());
        decided.parameters()
                .forEach(each ->
                        each.value().ifPresent(value -> marks.addAll(in(new String(value, StandardCharsets.UTF_8)))));
        return marks;
    }

    /** The marks of all commands that the audit log says were allowed, or were held and used an approval. */
    static Set<String> allowed(Path auditDir) {
        Set<String> marks = new TreeSet<>();
        try (AuditReader reader = AuditReader.open(LogPlace.of(auditDir))) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                if (next.get().event() instanceof AuditEvent.CommandDecided decided
                        && decided.outcome().equals("allow")) {
                    marks.addAll(of(decided));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return marks;
    }
}
