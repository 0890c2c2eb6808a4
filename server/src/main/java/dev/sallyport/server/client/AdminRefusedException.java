package dev.sallyport.server.client;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** The admin API said no, as a problem document (RFC 9457). */
public final class AdminRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    AdminRefusedException(int status, JsonNode problem) {
        super(describe(status, problem));
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    private static String describe(int status, JsonNode problem) {
        String detail = problem.path("detail").asString(problem.path("title").asString("refused"));
        String incident = problem.path("incident").asString("");
        return detail + " (status " + status + (incident.isEmpty() ? "" : ", incident " + incident) + ")";
    }
}
