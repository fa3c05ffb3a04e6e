package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which other endpoints announce the names that this gateway announces: of other nodes by what is
 * said on {@code router.register} and {@code router.unregister}, and of its own routes. Of other
 * names nothing is kept. Safe for use by any thread.
 *
 * <p>Routers never forget a TLS endpoint for its silence, but a node that died says nothing any
 * more: one that was not heard for the stale threshold that it names, or for 120 s as gorouter's
 * own, is not counted, but never before three intervals of this gateway's own have passed, since
 * the nodes of a deployment have one configuration.
 */
final class OtherNodes {
  /** The tag of a register message by which a node says that it is announced as the last one. */
  static final String TAG = "harbor-gateway";

  static final String LAST = "last";

  /** Endpoints of one name; Harbor has a few nodes. */
  static final int MAX_ENDPOINTS = 16;

  static final Duration SILENCE = Duration.ofMinutes(2);
  private static final int SILENT_INTERVALS = 3;
  private static final int MAX_HOST = 255;
  private static final int HIGHEST_PORT = 65_535;

  private final LongSupplier nanos;

  // Guarded by this, as all that follows.
  private final Map<String, Name> names = new HashMap<>();
  private final Map<String, Integer> own = new HashMap<>();
  private @Nullable NameFilter filter;
  private final Set<String> newcomers = new HashSet<>();
  private boolean changed;

  /** One of this gateway's names. */
  private static final class Name {
    private final Map<String, Heard> endpoints = new HashMap<>(4);
    private int routes;
    private int serving; // of this gateway's own routes
  }

  /**
   * What was heard of another endpoint.
   *
   * @param at by the clock
   * @param serves false: it is announced as the last node, whose upstream is down
   */
  private record Heard(long at, Duration silence, boolean serves) {
    boolean isSilent(long now) {
      return now - at > silence.toNanos();
    }
  }

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  OtherNodes(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A route of this gateway: its names are listened for, its endpoint is no other one. */
  synchronized void add(RegistryMessage route) {
    for (String name : route.names()) {
      names.computeIfAbsent(name.toLowerCase(Locale.ROOT), unknown -> new Name()).routes++;
    }
    own.merge(endpoint(route), 1, Integer::sum);
    filter = null;
  }

  /** A route that was added is gone for good. */
  synchronized void remove(RegistryMessage route) {
    for (String name : route.names()) {
      names.computeIfPresent(
          name.toLowerCase(Locale.ROOT), (same, known) -> --known.routes == 0 ? null : known);
    }
    own.computeIfPresent(endpoint(route), (same, count) -> count == 1 ? null : count - 1);
    filter = null;
  }

  /**
   * A route of this gateway is another one from now on, at one moment for who asks.
   *
   * @param counted whether it was counted as serving
   */
  synchronized void replace(RegistryMessage former, RegistryMessage next, boolean counted) {
    add(next);
    if (counted) {
      count(next.names(), true);
      count(former.names(), false);
    }
    remove(former);
  }

  /** A route of this gateway serves its names from now on, or does not any more. */
  synchronized void count(List<String> ownNames, boolean serves) {
    for (String each : ownNames) {
      Name name = names.get(each.toLowerCase(Locale.ROOT));
      if (name != null) {
        name.serving += serves ? 1 : -1;
        changed = true;
      }
    }
  }

  private static String endpoint(RegistryMessage route) {
    return route.origin().address() + ':' + route.endpoint().dialledPort();
  }

  /**
   * Takes a message of anybody.
   *
   * @param registers whether it is one of {@code router.register}, else of {@code
   *     router.unregister}
   * @param interval at which this gateway announces its routes
   * @throws IllegalArgumentException if it may be about one of the names, and can't be read
   */
  synchronized void heard(boolean registers, byte[] message, Duration interval) {
    if (filter == null) {
      filter = new NameFilter(names.keySet());
    }
    if (!filter.mayName(message)) {
      return;
    }
    JsonNode json = RouterJson.object(message);
    String endpoint = endpoint(json);
    if (own.containsKey(endpoint)) {
      return; // an earlier process at this address, or route_registrar beside this one
    }
    Heard heard = registers ? read(json, interval) : null;
    for (JsonNode uri : json.path("uris")) {
      String lower = uri.asString("").toLowerCase(Locale.ROOT);
      Name name = names.get(lower);
      if (name != null) {
        if (take(name, endpoint, heard)) {
          newcomers.add(lower);
        }
      }
    }
  }

  /**
   * Returns whether it is a newcomer: one that was not known while all that are could be. With more
   * than that it may be one that had to make room, and would be new again and again.
   */
  private boolean take(Name name, String endpoint, @Nullable Heard heard) {
    if (heard == null) {
      changed |= name.endpoints.remove(endpoint) != null;
      return false;
    }
    Heard before = name.endpoints.get(endpoint);
    boolean isFull = name.endpoints.size() >= MAX_ENDPOINTS;
    if (before == null && isFull) {
      name.endpoints.remove(longestSilent(name));
    }
    name.endpoints.put(endpoint, heard);
    changed |= before == null || before.serves != heard.serves;
    return before == null && !isFull;
  }

  private static String longestSilent(Name name) {
    var all = name.endpoints.entrySet().iterator();
    var oldest = all.next();
    while (all.hasNext()) {
      var next = all.next();
      oldest = next.getValue().at - oldest.getValue().at < 0 ? next : oldest;
    }
    return oldest.getKey();
  }

  private Heard read(JsonNode json, Duration interval) {
    JsonNode named = json.path("stale_threshold_in_seconds");
    Double seconds = KnownRouters.seconds(named);
    Duration silence = seconds == null ? SILENCE : Duration.ofSeconds(seconds.longValue());
    Duration least = interval.multipliedBy(SILENT_INTERVALS);
    return new Heard(
        nanos.getAsLong(),
        silence.compareTo(least) < 0 ? least : silence,
        !json.path("tags").path(TAG).asString("").equals(LAST));
  }

  /** As gorouter knows it, which prefers the TLS port. */
  private static String endpoint(JsonNode json) {
    String host = json.path("host").asString("");
    int port = port(json.path("tls_port"));
    port = port == 0 ? port(json.path("port")) : port;
    if (host.isEmpty() || host.length() > MAX_HOST || port == 0) {
      throw new IllegalArgumentException("message: without host and port (expected: both)");
    }
    return host + ':' + port;
  }

  private static int port(JsonNode number) {
    int port = number.isIntegralNumber() ? number.asInt(0) : 0;
    return port < 1 || port > HIGHEST_PORT ? 0 : port;
  }

  /** Listening begins again: nobody is silent for what could not be heard. */
  synchronized void resume() {
    long now = nanos.getAsLong();
    names
        .values()
        .forEach(name ->
            name.endpoints.replaceAll(
                (endpoint, heard) -> new Heard(now, heard.silence, heard.serves)));
  }

  /**
   * Returns whether anything has changed since the last call.
   *
   * @param forget whether who is silent is to be forgotten before
   */
  synchronized boolean hasChanged(boolean forget) {
    long now = nanos.getAsLong();
    for (Name name : forget ? names.values() : List.<Name>of()) {
      if (!name.endpoints.isEmpty()) {
        changed |= name.endpoints.values().removeIf(heard -> heard.isSilent(now));
      }
    }
    boolean result = changed;
    changed = false;
    return result;
  }

  /** Returns the names, in lower case, that a new endpoint announces since the last call. */
  synchronized Set<String> newcomers() {
    Set<String> result = Set.copyOf(newcomers);
    newcomers.clear();
    return result;
  }

  /**
   * Whether each of these names is announced by another endpoint, which serves it.
   *
   * @param serves whether the route that asks, which is none of these, was counted itself
   */
  synchronized boolean serve(List<String> wanted, boolean serves) {
    long now = nanos.getAsLong();
    int itself = serves ? 1 : 0;
    for (String each : wanted) {
      Name name = names.get(each.toLowerCase(Locale.ROOT));
      if (name == null
          || (name.serving <= itself
              && name.endpoints.values().stream().noneMatch(h -> h.serves && !h.isSilent(now)))) {
        return false;
      }
    }
    return true;
  }

  /** How many endpoints of others are known, over all names. */
  synchronized int count() {
    return names.values().stream().mapToInt(name -> name.endpoints.size()).sum();
  }
}
