package io.harborgateway.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A running gateway's answer to a reload.
 *
 * @param outcome in lower case
 * @param generation generation of the configuration in force
 * @param problems why nothing has changed, or would change
 * @param notTaken problems of individual sources that are not in force, while everything else is
 */
record ReloadAnswer(
    String outcome,
    long generation,
    List<String> changes,
    List<String> problems,
    List<String> notTaken) {
  private static final int OK = 200;

  /** A reload waits for new upstreams, and for health scripts to end. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final int BAD_REQUEST = 400;
  private static final int CONFLICT = 409;
  private static final int REJECTED = 422;

  /** The gateway does not do what it is asked for. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;
    private final int exitCode;

    RefusedException(String reason, int exitCode) {
      super(reason);
      this.exitCode = exitCode;
    }

    int exitCode() {
      return exitCode;
    }
  }

  /**
   * Requests a reload.
   *
   * @param config the file of the gateway, which refuses if its own is another
   * @param query further parameters of the query, each preceded by {@code &}
   * @throws RefusedException if the gateway refuses
   * @throws IOException if it does not answer, or is not of this kind
   */
  static ReloadAnswer ask(AdminConnection admin, Path config, String query)
      throws IOException, InterruptedException {
    String path = "/reload?config=" + encoded(config) + query;
    // With the field that actions require, which no web page can send.
    var response = admin.ask("POST", path, "X-Harbor-Gateway: reload\r\n", TIMEOUT);
    String text = response.body().strip();
    switch (response.status()) {
      case OK, REJECTED -> {}
      case BAD_REQUEST -> throw new RefusedException(text, ExitCode.USAGE);
      case CONFLICT -> throw new RefusedException(text, ExitCode.UNAVAILABLE);
      default -> throw new IOException(admin + ": " + response.status() + " " + text);
    }
    JsonNode answer = new JsonMapper().readTree(response.body());
    return new ReloadAnswer(
        answer.path("outcome").asString("").toLowerCase(Locale.ROOT),
        answer.path("generation").asLong(0),
        texts(answer.path("changes")),
        texts(answer.path("problems")),
        texts(answer.path("notTaken")));
  }

  static String encoded(Path file) {
    return URLEncoder.encode(file.toAbsolutePath().normalize().toString(), StandardCharsets.UTF_8);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asString("")));
    return texts;
  }

  /** Prints the answer and returns the command's exit code. */
  int print(PrintWriter out, PrintWriter err) {
    changes.forEach(out::println);
    problems.forEach(err::println);
    notTaken.forEach(line -> err.println("not taken: " + line));
    out.printf("%s, generation %d%n", changes.isEmpty() ? nothing() : outcome, generation);
    out.flush();
    return problems.isEmpty() ? ExitCode.OK : ExitCode.USAGE;
  }

  private String nothing() {
    return problems.isEmpty() ? "nothing changes" : outcome;
  }
}
