package io.harborgateway.cli;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.cli.ReloadAnswer.RefusedException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What keeps a node from its traffic, read from its {@code /status}: a line for each part. */
final class MissingParts {
  private MissingParts() {}

  /** Returns why {@code /readyz} is not 200; empty if it is. */
  static List<String> toBeReady(JsonNode status) {
    List<String> missing = new ArrayList<>();
    addDrain(missing, status);
    for (JsonNode condition : status.path("conditions")) {
      if (!condition.path("met").asBoolean(false)) {
        missing.add(text(condition, "name") + ": " + text(condition, "reason"));
      }
    }
    return missing;
  }

  /**
   * Returns why requests would not find their way from a router to this node; empty if they would:
   * every route is announced, and at least one router has said that it is there.
   *
   * @throws RefusedException if the configuration announces nothing, which no time changes
   */
  static List<String> toBeAnnounced(JsonNode status) throws RefusedException {
    JsonNode registration = status.path("registration");
    if (!registration.isObject()) {
      throw new RefusedException(
          "registration: not configured (expected: routes to announce)", ExitCode.USAGE);
    }
    List<String> missing = new ArrayList<>();
    addDrain(missing, status);
    addBus(missing, registration);
    JsonNode tcpRoutes = status.path("routingApi").path("routes");
    if (registration.path("routes").isEmpty() && tcpRoutes.isEmpty()) {
      missing.add("routes: none yet (expected: at least one)");
    }
    for (JsonNode route : registration.path("routes")) {
      add(missing, "route", route, text(route, "reason"));
    }
    for (JsonNode route : tcpRoutes) {
      String error = text(route, "lastError");
      String ofAll = text(status.path("routingApi"), "lastError");
      String reason = text(route, "reason");
      add(
          missing,
          "TCP route",
          route,
          !reason.isEmpty() ? reason : error.isEmpty() ? ofAll : error);
    }
    return missing;
  }

  private static void addDrain(List<String> missing, JsonNode status) {
    if (status.path("draining").asBoolean(false)) {
      missing.add("drain: " + text(status.path("drain"), "phase"));
    }
  }

  private static void addBus(List<String> missing, JsonNode registration) {
    JsonNode nats = registration.path("nats");
    if (text(nats, "server").isEmpty()) {
      String error = text(nats, "lastError");
      missing.add("NATS: not connected" + (error.isEmpty() ? "" : ": " + error));
    } else if (registration.path("routers").isEmpty()) {
      missing.add("routers: none has answered router.greet");
    }
  }

  private static void add(List<String> missing, String kind, JsonNode route, String reason) {
    String state = text(route, "state");
    if (!state.equals(RouteState.ANNOUNCED.name())) {
      String why = reason.isEmpty() ? "" : ": " + reason;
      missing.add("%s %s: %s%s".formatted(kind, text(route, "id"), state, why));
    }
  }

  private static String text(JsonNode object, String field) {
    return object.path(field).asString("");
  }
}
