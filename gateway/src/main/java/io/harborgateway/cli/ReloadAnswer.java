package io.harborgateway.cli;

import java.io.IOException;
import java.io.PrintWriter;
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
  private static final int REJECTED = 422;

  /**
   * Requests a reload.
   *
   * @throws IOException if the gateway does not answer, or refuses
   */
  static ReloadAnswer ask(AdminConnection admin, String path)
      throws IOException, InterruptedException {
    // With the field that actions require, which no web page can send.
    var response = admin.ask("POST", path, "X-Harbor-Gateway: reload\r\n");
    if (response.status() != OK && response.status() != REJECTED) {
      throw new IOException(admin + ": " + response.status() + " " + response.body().strip());
    }
    JsonNode answer = new JsonMapper().readTree(response.body());
    return new ReloadAnswer(
        answer.path("outcome").asString("").toLowerCase(Locale.ROOT),
        answer.path("generation").asLong(0),
        texts(answer.path("changes")),
        texts(answer.path("problems")),
        texts(answer.path("notTaken")));
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
