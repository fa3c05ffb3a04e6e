package io.harborgateway.cli;

import io.harborgateway.cli.ReloadAnswer.RefusedException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a running gateway answers to whoever wants to replace it. */
final class UpgradeAnswers {
  /** More than the longest that the two processes wait for each other. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private static final int NOT_FOUND = 404;

  /** What versions before the hand-over answer to a POST of any path that they don't know. */
  private static final int NOT_ALLOWED = 405;

  /** Not now: it starts, ends, is process 1, or can't start another one. */
  private static final int CONFLICT = 409;

  private static final String ACTION = "X-Harbor-Gateway: upgrade\r\n";

  private UpgradeAnswers() {}

  /**
   * Returns the socket on which the gateway hands over what it has, or null: none runs.
   *
   * @throws IOException if it does not want to
   */
  static @Nullable String offered(AdminConnection admin) throws IOException {
    try {
      return answer(admin, "/hand-over", 200).path("socket").asString();
    } catch (AdminConnection.NotRunningException e) {
      return null;
    }
  }

  /** Has the gateway replaced, and returns its answer. */
  static JsonNode upgrade(AdminConnection admin) throws IOException {
    return answer(admin, "/upgrade", 422);
  }

  private static JsonNode answer(AdminConnection admin, String path, int alsoGood)
      throws IOException {
    AdminConnection.Response response;
    try {
      response = admin.ask("POST", path, ACTION, LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(admin + path + ": interrupted", e);
    }
    if (response.status() == NOT_FOUND || response.status() == NOT_ALLOWED) {
      throw new RefusedException(
          admin + path + ": the running gateway is of a version that hands nothing over",
          ExitCode.PROTOCOL);
    }
    if (response.status() == CONFLICT) {
      throw new RefusedException(response.body().strip(), ExitCode.UNAVAILABLE);
    }
    if (response.status() != 200 && response.status() != alsoGood) {
      throw new IOException(
          admin + path + ": " + response.status() + " " + response.body().strip());
    }
    return new JsonMapper().readTree(response.body());
  }
}
