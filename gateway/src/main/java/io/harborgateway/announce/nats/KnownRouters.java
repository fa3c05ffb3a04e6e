package io.harborgateway.announce.nats;

import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.Durations;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The routers that have stated how often they want to hear from clients: in {@code router.start},
 * and in their answers to {@code router.greet}. Messages are not trusted beyond what a router could
 * mean: numbers are clamped, sizes and counts bounded. Thread-safe.
 */
final class KnownRouters {
  /** A replaced router has a new id; old ones must not fill the memory. */
  static final int MAX_ROUTERS = 1_000;

  static final int MAX_HOSTS = 16;

  /** Limit of an id or a host: the length of a host name. */
  static final int MAX_TEXT = 255;

  static final Duration SHORTEST = Durations.parse(RegistrationConfig.SHORTEST_INTERVAL);
  static final Duration LONGEST = Durations.parse(RegistrationConfig.LONGEST_INTERVAL);

  private final Clock clock;

  /** In the order in which they were last heard. Guarded by itself. */
  private final Map<String, RouterStatus> routers = new LinkedHashMap<>();

  KnownRouters(Clock clock) {
    this.clock = clock;
  }

  /** Forgets all routers: they are about to be greeted again. */
  void begin() {
    synchronized (routers) {
      routers.clear();
    }
  }

  /**
   * Processes a message from a router. Beyond {@link #MAX_ROUTERS}, a new router replaces the one
   * heard least recently.
   *
   * @throws IllegalArgumentException if it does not describe a router; it is ignored then
   */
  void heard(byte[] message) {
    JsonNode json = RouterJson.object(message);
    String id = json.path("id").asString("");
    if (id.isEmpty() || id.length() > MAX_TEXT) {
      throw new IllegalArgumentException(
          "id: %d characters (expected: 1 to %d)".formatted(id.length(), MAX_TEXT));
    }
    var router =
        new RouterStatus(
            id,
            hosts(json.path("hosts")),
            seconds(json.path("minimumRegisterIntervalInSeconds")),
            seconds(json.path("pruneThresholdInSeconds")),
            clock.instant());
    synchronized (routers) {
      routers.remove(id);
      if (routers.size() >= MAX_ROUTERS) {
        routers.remove(routers.keySet().iterator().next());
      }
      routers.put(id, router);
    }
  }

  /** Returns the routers by id. */
  List<RouterStatus> routers() {
    synchronized (routers) {
      return routers.values().stream().sorted(Comparator.comparing(RouterStatus::id)).toList();
    }
  }

  /**
   * Returns the interval at which routes are announced: the configured one, unless a router asks
   * for a longer one, or would prune them first; then half its prune threshold. Because of routers
   * it never falls below a second or rises above an hour.
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
      if (interval.compareTo(SHORTEST) < 0) {
        interval = SHORTEST.compareTo(configured) < 0 ? SHORTEST : configured;
      }
    }
    return interval;
  }

  /** Returns the shortest time after which a router prunes a plain route, or null: not known. */
  @Nullable Duration pruneThreshold() {
    return smallest(RouterStatus::pruneThresholdInSeconds);
  }

  private @Nullable Duration smallest(Function<RouterStatus, @Nullable Double> seconds) {
    Double smallest = null;
    synchronized (routers) {
      for (RouterStatus router : routers.values()) {
        Double value = seconds.apply(router);
        if (value != null && (smallest == null || value < smallest)) {
          smallest = value;
        }
      }
    }
    return smallest == null ? null : Duration.ofMillis(Math.round(smallest * 1000));
  }

  private static List<String> hosts(JsonNode array) {
    List<String> hosts = new ArrayList<>();
    for (JsonNode host : array) {
      String text = host.asString("");
      if (hosts.size() < MAX_HOSTS && !text.isEmpty() && text.length() <= MAX_TEXT) {
        hosts.add(text);
      }
    }
    return List.copyOf(hosts);
  }

  /** Clamps the value to the bounds of a time between two messages; null: not a number above 0. */
  static @Nullable Double seconds(JsonNode value) {
    double number = value.isNumber() ? value.asDouble(Double.POSITIVE_INFINITY) : 0;
    double least = SHORTEST.toSeconds();
    double most = LONGEST.toSeconds();
    return number > 0 ? Math.clamp(number, least, most) : null;
  }
}
