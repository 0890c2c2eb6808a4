package dev.sallyport.server.api;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bodies in and out: strict about what comes, plain about what goes. */
final class Json {
    private static final MediaType PROBLEM = MediaType.create("application", "problem+json");
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(8).build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    static HttpResponse ok(Object body) {
        return respond(ResponseHeaders.builder(HttpStatus.OK).contentType(MediaType.JSON_UTF_8), body);
    }

    static HttpResponse status(HttpStatus status, Object body) {
        return respond(ResponseHeaders.builder(status).contentType(MediaType.JSON_UTF_8), body);
    }

    /** A problem document (RFC 9457); {@code incident} names the record in the audit log where there is one. */
    static HttpResponse problem(HttpStatus status, String detail, Optional<String> incident) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", status.reasonPhrase());
        body.put("status", status.code());
        body.put("detail", detail);
        incident.ifPresent(id -> body.put("incident", id));
        var headers = ResponseHeaders.builder(status).contentType(PROBLEM);
        if (status.equals(HttpStatus.UNAUTHORIZED)) {
            headers.set("www-authenticate", "Bearer");
        }
        return respond(headers, body);
    }

    /** The object in a request's body; an empty body is an empty object, anything else is absent. */
    static Optional<JsonNode> object(String body) {
        if (body.isBlank()) {
            return Optional.of(MAPPER.createObjectNode());
        }
        try {
            JsonNode node = MAPPER.readTree(body);
            return node.isObject() ? Optional.of(node) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static HttpResponse respond(com.linecorp.armeria.common.ResponseHeadersBuilder headers, Object body) {
        headers.set("cache-control", "no-store").set("x-content-type-options", "nosniff");
        return HttpResponse.of(headers.build(), HttpData.wrap(MAPPER.writeValueAsBytes(body)));
    }
}
