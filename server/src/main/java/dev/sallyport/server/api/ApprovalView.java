package dev.sallyport.server.api;

import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.approval.Request;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A held command as approvers see it: everything that helps to decide, nothing that the masks hide. */
final class ApprovalView {
    /** Beyond this a value is cut: nobody reads more before saying yes, and the digest covers all of it. */
    private static final int MAX_VALUE = 4096;

    private ApprovalView() {}

    static Map<String, @Nullable Object> of(Pending pending) {
        Request request = pending.request();
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", pending.id());
        view.put("target", request.target().value());
        view.put("session", request.session());
        view.put("sequence", request.sequence());
        view.put("requestedAt", pending.requestedAt().toString());
        view.put("expiresAt", pending.expiresAt().toString());
        view.put("requester", identity(request.identity()));
        view.put("remote", request.remote());
        view.put("command", command(request));
        view.put("approvers", groups(pending.decision().terms().approvers()));
        view.put("count", pending.decision().terms().count());
        view.put("remaining", pending.remaining());
        view.put("votes", pending.votes().stream().map(ApprovalView::vote).toList());
        view.put("rules", pending.decision().rules());
        view.put("revision", pending.decision().revision());
        view.put("digest", pending.digest().hex());
        return view;
    }

    static Map<String, @Nullable Object> identity(Identity identity) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("issuer", identity.issuer());
        view.put("subject", identity.subject());
        view.put("client", identity.client().orElse(null));
        view.put("groups", groups(identity.groups()));
        view.put("actors", identity.actors());
        return view;
    }

    private static Map<String, @Nullable Object> command(Request request) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("text", request.shownText());
        view.put("inTransaction", request.command().inTransaction());
        view.put(
                "effects",
                request.command().effects().stream().map(ApprovalView::effect).toList());
        List<Object> parameters = new ArrayList<>();
        for (RecordedParameter parameter : request.shownParameters()) {
            parameters.add(parameter(parameters.size() + 1, parameter));
        }
        view.put("parameters", parameters);
        return view;
    }

    private static Map<String, @Nullable Object> effect(Effect effect) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("action", effect.action().label());
        view.put("object", effect.object().toString());
        view.put("filtered", effect.filtered());
        view.put("detail", effect.detail());
        return view;
    }

    private static Map<String, @Nullable Object> parameter(int number, RecordedParameter parameter) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("number", number);
        view.put("type", parameter.type());
        view.put("form", parameter.form());
        view.put(
                "value",
                parameter.value().map(value -> shown(parameter.form(), value)).orElse(null));
        return view;
    }

    private static String shown(String form, byte[] value) {
        String text = form.equals("text")
                ? new String(value, StandardCharsets.UTF_8)
                : HexFormat.of().formatHex(value);
        return text.length() <= MAX_VALUE
                ? text
                : text.substring(0, MAX_VALUE) + "… (" + value.length + " bytes in all)";
    }

    private static Map<String, @Nullable Object> vote(Pending.Vote vote) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("principal", vote.principal());
        view.put("comment", vote.comment());
        view.put("at", vote.at().toString());
        return view;
    }

    private static List<String> groups(Set<GroupName> groups) {
        return groups.stream().map(GroupName::toString).sorted().toList();
    }
}
