package io.harborgateway.registration;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The routers that have said of themselves how often they want to hear from clients: in {@code
 * router.start}, and in their answers to {@code router.greet}. Safe for use by any thread.
 */
final class Census {
  private static final Logger log = LoggerFactory.getLogger(Census.class);
  private static final JsonMapper JSON = new JsonMapper();

  /** A router that is replaced has another id; old ones must not fill the memory. */
  private static final int MAX_ROUTERS = 1_000;

  private final Clock clock;
  private final Map<String, RouterStatus> routers = new ConcurrentHashMap<>();

  Census(Clock clock) {
    this.clock = clock;
  }

  /** Forgets all: the routers are asked again. */
  void begin() {
    routers.clear();
  }

  /** Takes a message of a router; one that can't be read is logged, and does no more. */
  void heard(byte[] message) {
    try {
      JsonNode json = JSON.readTree(message);
      String id = json.path("id").asString("");
      List<String> hosts = new ArrayList<>();
      json.path("hosts").forEach(host -> hosts.add(host.asString("")));
      if (!id.isEmpty() && (routers.size() < MAX_ROUTERS || routers.containsKey(id))) {
        routers.put(
            id,
            new RouterStatus(
                id,
                List.copyOf(hosts),
                seconds(json.path("minimumRegisterIntervalInSeconds")),
                seconds(json.path("pruneThresholdInSeconds")),
                clock.instant()));
      }
    } catch (JacksonException e) {
      log.warn("A router said what is no JSON: {}", e.getOriginalMessage());
    }
  }

  /** Returns the routers by id. */
  List<RouterStatus> routers() {
    return routers.values().stream().sorted(Comparator.comparing(RouterStatus::id)).toList();
  }

  /**
   * Returns how often routes are to be announced: as configured, unless a router wants it less
   * often, or would have forgotten them by then; then a half of the time that it remembers them.
   */
  Duration interval(Duration configured) {
    Duration interval = configured;
    Duration least = smallest(RouterStatus::minimumRegisterIntervalInSeconds);
    if (least != null && least.compareTo(interval) > 0) {
      interval = least;
    }
    Duration prune = smallest(RouterStatus::pruneThresholdInSeconds);
    if (prune != null && prune.compareTo(interval) <= 0) {
      interval = prune.dividedBy(2);
    }
    return interval;
  }

  /** Returns the time after which the first router forgets a plain route, or null: not known. */
  @Nullable Duration pruneThreshold() {
    return smallest(RouterStatus::pruneThresholdInSeconds);
  }

  private @Nullable Duration smallest(Function<RouterStatus, @Nullable Double> seconds) {
    Double smallest = null;
    for (RouterStatus router : routers.values()) {
      Double value = seconds.apply(router);
      if (value != null && (smallest == null || value < smallest)) {
        smallest = value;
      }
    }
    return smallest == null ? null : Duration.ofMillis(Math.round(smallest * 1000));
  }

  private static @Nullable Double seconds(JsonNode value) {
    return value.isNumber() && value.asDouble() > 0 ? (Double) value.asDouble() : null;
  }
}
