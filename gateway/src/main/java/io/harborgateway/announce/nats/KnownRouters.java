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
 * The routers that have said of themselves how often they want to hear from clients: in {@code
 * router.start}, and in their answers to {@code router.greet}. Nothing of it is believed beyond
 * what a router could mean: numbers are clamped, sizes and counts bounded. Safe for use by any
 * thread.
 */
final class KnownRouters {
  /** A router that is replaced has another id; old ones must not fill the memory. */
  static final int MAX_ROUTERS = 1_000;

  static final int MAX_HOSTS = 16;

  /** Of an id, and of a host: the length of a host name. */
  static final int MAX_TEXT = 255;

  static final Duration SHORTEST = Durations.parse(RegistrationConfig.SHORTEST_INTERVAL);
  static final Duration LONGEST = Durations.parse(RegistrationConfig.LONGEST_INTERVAL);

  private final Clock clock;

  /** In the order in which they were heard last. Guarded by itself. */
  private final Map<String, RouterStatus> routers = new LinkedHashMap<>();

  KnownRouters(Clock clock) {
    this.clock = clock;
  }

  /** Forgets all: the routers are asked again. */
  void begin() {
    synchronized (routers) {
      routers.clear();
    }
  }

  /**
   * Takes a message of a router. One beyond {@link #MAX_ROUTERS} takes the place of the one that
   * was not heard for the longest time.
   *
   * @throws IllegalArgumentException if it is no description of a router; it does no more then
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
   * Returns how often routes are to be announced: as configured, unless a router wants it less
   * often, or would have forgotten them by then; then a half of the time that it remembers them.
   * Never more often than each second because of a router, and at least once an hour.
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

  /** Returns the time after which the first router forgets a plain route, or null: not known. */
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

  /** Within the bounds of a time between two messages; null: no number above 0. */
  static @Nullable Double seconds(JsonNode value) {
    double number = value.isNumber() ? value.asDouble(Double.POSITIVE_INFINITY) : 0;
    double least = SHORTEST.toSeconds();
    double most = LONGEST.toSeconds();
    return number > 0 ? Math.clamp(number, least, most) : null;
  }
}
