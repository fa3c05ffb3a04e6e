package io.harborgateway.announce.routingapi;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A response of the routing API or of UAA, which both speak JSON.
 *
 * @param request the request line it answers, for errors
 * @param status 100 to 599
 */
record ApiResponse(String request, int status, String body) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LONGEST_SHOWN = 300;

  static ApiResponse of(HttpResponse<String> response) {
    String request = response.request().method() + " " + response.uri();
    return new ApiResponse(request, response.statusCode(), response.body());
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Parses the body; throws an {@link IOException} if it is not JSON. */
  JsonNode json() throws IOException {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw new IOException(request + ": " + status + " with a body that is no JSON", e);
    }
  }

  /** Whether it is an error of the API itself rather than of a proxy in front of it. */
  boolean isErrorOfTheApi() {
    return !isSuccess() && !field("name").isEmpty();
  }

  /**
   * Describes an error on one line. routing-api writes {@code name} and {@code message} ({@code
   * errors.go}), UAA {@code error} and {@code error_description} (RFC 6749 section 5.2).
   */
  String describe() {
    String said =
        Stream.of("name", "error", "message", "error_description")
            .map(this::field)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(": "));
    String line = (said.isEmpty() ? body : said).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    String cut = line.length() > LONGEST_SHOWN ? line.substring(0, LONGEST_SHOWN) + "…" : line;
    return request + ": " + status + (cut.isEmpty() ? "" : " " + cut);
  }

  /** Returns a text from the body, which may not be JSON at all; empty if absent. */
  private String field(String name) {
    try {
      return JSON.readTree(body).path(name).asString("");
    } catch (JacksonException e) {
      return "";
    }
  }
}
