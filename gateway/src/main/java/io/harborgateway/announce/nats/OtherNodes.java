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
 * Tracks which other endpoints announce the names that this gateway announces: those of other
 * nodes, as heard on {@code router.register} and {@code router.unregister}, and its own other
 * routes. Nothing is kept for other names. Thread-safe.
 *
 * <p>Routers never prune a silent TLS endpoint, but a node that died no longer says anything. So an
 * endpoint not heard for its own stale threshold, or for gorouter's default of 120 s, does not
 * count; but never before three of this gateway's own intervals have passed, since all nodes of a
 * deployment share one configuration.
 */
final class OtherNodes {
  /** The tag by which a register message says that it announces the last node. */
  static final String TAG = "harbor-gateway";

  static final String LAST = "last";

  /** Bound on the endpoints of one name; Harbor has only a few nodes. */
  static final int MAX_ENDPOINTS = 16;

  static final Duration SILENCE = Duration.ofMinutes(2);
  private static final int SILENT_INTERVALS = 3;
  private static final int MAX_HOST = 255;
  private static final int HIGHEST_PORT = 65_535;

  private final LongSupplier nanos;

  // Guarded by this, like all that follows.
  private final Map<String, Name> names = new HashMap<>();
  private final Map<String, Integer> own = new HashMap<>();
  private @Nullable NameFilter filter;
  private final Set<String> newcomers = new HashSet<>();
  private boolean changed;

  /** One of this gateway's names. */
  private static final class Name {
    private final Map<String, Heard> endpoints = new HashMap<>(4);
    private int routes;
    private int serving; // number of this gateway's own routes
  }

  /**
   * What was heard about another endpoint.
   *
   * @param at time by the clock
   * @param serves false: it is announced as the last node, with its upstream down
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

  /**
   * Adds a route of this gateway: its names are listened for, and its endpoint does not count as
   * another one.
   */
  synchronized void add(RegistryMessage route) {
    for (String name : route.names()) {
      names.computeIfAbsent(name.toLowerCase(Locale.ROOT), unknown -> new Name()).routes++;
    }
    own.merge(endpoint(route), 1, Integer::sum);
    filter = null;
  }

  /** Removes a route for good. */
  synchronized void remove(RegistryMessage route) {
    for (String name : route.names()) {
      names.computeIfPresent(
          name.toLowerCase(Locale.ROOT), (same, known) -> --known.routes == 0 ? null : known);
    }
    own.computeIfPresent(endpoint(route), (same, count) -> count == 1 ? null : count - 1);
    filter = null;
  }

  /**
   * Replaces a route of this gateway, atomically for readers.
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

  /** Records whether a route of this gateway now serves its names. */
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
   * Processes a message, which anybody may have sent.
   *
   * @param registers whether it came on {@code router.register} rather than {@code
   *     router.unregister}
   * @param interval interval at which this gateway announces its routes
   * @throws IllegalArgumentException if it may concern one of the names and can't be parsed
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
      return; // an earlier process at this address, or a route_registrar next to this one
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
   * Returns whether the endpoint is a newcomer: not known before although there was room for all.
   * Beyond the bound, it may be one that was evicted, and would be new again and again.
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

  /** Returns the endpoint as gorouter identifies it; gorouter prefers the TLS port. */
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

  /** Listening resumes: time in which nothing could be heard does not count as silence. */
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
   * @param forget whether to forget silent endpoints first
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

  /** Returns the names, in lower case, that new endpoints have announced since the last call. */
  synchronized Set<String> newcomers() {
    Set<String> result = Set.copyOf(newcomers);
    newcomers.clear();
    return result;
  }

  /**
   * Returns whether each of these names is announced by another endpoint that serves it.
   *
   * @param serves whether the asking route, which does not count as another, was itself counted as
   *     serving
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

  /** Returns the number of known endpoints of others, summed over all names. */
  synchronized int count() {
    return names.values().stream().mapToInt(name -> name.endpoints.size()).sum();
  }
}
