package io.harborgateway.announce.nats;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.RouteOptionsConfig;
import io.harborgateway.config.RoutePolicyConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.LoadBalancing;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One message on {@code router.register} or {@code router.unregister}: these names lead to this
 * endpoint of this node. In gorouter, all of the names share one endpoint and its connections.
 *
 * @param names host names, at least one, in gorouter's form: the first label may be {@code *}, a
 *     path may follow; gorouter's {@code uris}
 * @param fields the configuration of the route
 * @param updatedAt when the route was announced, from which gorouter measures its latency; null:
 *     not sent
 * @param isLast whether it is announced as the last node left, although its upstream is down: other
 *     gateways must not count it as serving
 */
public record RegistryMessage(
    List<String> names,
    Endpoint endpoint,
    NodeIdentity origin,
    AnnouncedRouteConfig fields,
    @Nullable Instant updatedAt,
    boolean isLast) {

  private static final JsonMapper JSON = new JsonMapper();

  public RegistryMessage {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names: none (expected: one or more)");
    }
  }

  /** Creates a message that has not been announced yet. */
  public RegistryMessage(
      List<String> names, Endpoint endpoint, NodeIdentity origin, AnnouncedRouteConfig fields) {
    this(names, endpoint, origin, fields, null, false);
  }

  /** Returns the message as announced at {@code time}. */
  public RegistryMessage announcedAt(Instant time) {
    return new RegistryMessage(names, endpoint, origin, fields, time, isLast);
  }

  /** Returns the message as announced by the last node, or not. */
  RegistryMessage asLast(boolean last) {
    return new RegistryMessage(names, endpoint, origin, fields, updatedAt, last);
  }

  /**
   * The message as gorouter reads it, split by names into several if it would exceed NATS's maximum
   * payload.
   *
   * @param maxBytes of each; a single name may be longer
   */
  public List<byte[]> json(int maxBytes) {
    byte[] whole = json();
    if (whole.length <= maxBytes || names.size() == 1) {
      return List.of(whole);
    }
    int half = names.size() / 2;
    List<byte[]> parts = new ArrayList<>(with(names.subList(0, half)).json(maxBytes));
    parts.addAll(with(names.subList(half, names.size())).json(maxBytes));
    return parts;
  }

  /** Returns the message with only some of its names. */
  RegistryMessage with(List<String> some) {
    return new RegistryMessage(some, endpoint, origin, fields, updatedAt, isLast);
  }

  /** Returns the message with the names of which this is true; null if there are none. */
  @Nullable RegistryMessage withNames(Predicate<String> condition) {
    var some = names.stream().filter(condition).toList();
    return some.isEmpty() ? null : with(some);
  }

  /**
   * Returns the message with the names that the other message does not announce for the same
   * endpoint; null if there are none.
   */
  @Nullable RegistryMessage without(RegistryMessage other) {
    Set<AnnouncedNames.Claim> covered = AnnouncedNames.claims(other);
    return withNames(name -> !covered.contains(AnnouncedNames.Claim.of(this, name)));
  }

  /**
   * The message as gorouter reads it: UTF-8 JSON by the contract of route_registrar, in a fixed
   * order; unset fields are omitted.
   */
  public byte[] json() {
    ObjectNode message = JSON.createObjectNode();
    var uris = message.putArray("uris");
    names.forEach(uris::add);
    message.put("host", origin.address());
    put(message, "port", endpoint.port());
    put(message, "tls_port", endpoint.tlsPort());
    message.put("protocol", endpoint.protocol().wireName());
    put(message, "server_cert_domain_san", text(endpoint.serverCertDomainSan()));
    putTags(message);
    URI routeService = fields.routeServiceUrl();
    put(message, "route_service_url", routeService == null ? null : routeService.toASCIIString());
    message.put("private_instance_id", origin.privateInstanceId().toString());
    putAppInstance(message);
    put(message, "isolation_segment", fields.isolationSegment());
    put(message, "availability_zone", origin.availabilityZone());
    put(message, "stale_threshold_in_seconds", wholeSeconds(fields.staleThreshold()));
    RouteOptionsConfig options = fields.options();
    if (!options.equals(RouteOptionsConfig.NONE)) {
      putOptions(message.putObject("options"), options);
    }
    if (options.policy() != null) {
      putAllowedSources(message.putObject("allowed_sources"), options.policy());
    }
    if (updatedAt != null) {
      message.put("endpoint_updated_at_ns", nanos(updatedAt));
    }
    return JSON.writeValueAsBytes(message);
  }

  private void putTags(ObjectNode message) {
    if (isLast || !fields.tags().isEmpty()) {
      var tags = message.putObject("tags");
      fields.tags().forEach(tags::put);
      if (isLast) {
        tags.put(OtherNodes.TAG, OtherNodes.LAST);
      }
    }
  }

  /**
   * The index means nothing without an app; by itself, every node's 0 would be misleading in logs.
   */
  private void putAppInstance(ObjectNode message) {
    if (fields.app() != null) {
      message.put("app", fields.app());
      message.put("private_instance_index", Integer.toString(fields.instanceIndex()));
    }
  }

  private static void putOptions(ObjectNode object, RouteOptionsConfig options) {
    LoadBalancing choice = options.loadBalancing();
    if (choice != null) {
      putLoadBalancing(object, choice);
    }
    put(object, "hash_header", options.hashHeader());
    if (options.hashBalance() != null) {
      object.put("hash_balance", options.hashBalance());
    }
    RoutePolicyConfig policy = options.policy();
    if (policy != null) {
      object.put("route_policy_scope", policy.scope().name().toLowerCase(Locale.ROOT));
      object.put("route_policy_sources", String.join(",", policy.sources()));
    }
  }

  /** Newer gorouters read the first name; older ones, without hash balancing, the second. */
  private static void putLoadBalancing(ObjectNode options, LoadBalancing choice) {
    switch (choice) {
      case ROUND_ROBIN -> options.put("loadbalancing", "round-robin").put("lb_algo", "round-robin");
      case LEAST_CONNECTION ->
          options.put("loadbalancing", "least-connection").put("lb_algo", "least-connection");
      case HASH -> options.put("loadbalancing", "hash");
    }
  }

  /**
   * The sources in the form of some versions; there, too, an object without any allows nobody to
   * call.
   */
  private static void putAllowedSources(ObjectNode object, RoutePolicyConfig policy) {
    for (String source : policy.sources()) {
      if (source.equals(RoutePolicyConfig.ANY)) {
        object.put("any", true);
        continue;
      }
      String[] parts = source.split(":", 3); // cf, the type, the GUID
      object.withArray(parts[1] + "s").add(parts[2]);
    }
  }

  private static void put(ObjectNode message, String field, @Nullable Integer value) {
    if (value != null) {
      message.put(field, value);
    }
  }

  private static void put(ObjectNode message, String field, @Nullable String value) {
    if (value != null) {
      message.put(field, value);
    }
  }

  private static @Nullable String text(@Nullable HostName name) {
    return name == null ? null : name.value();
  }

  /** Rounds up: a second too long is harmless, one too short makes the route flap. */
  private static @Nullable Integer wholeSeconds(@Nullable Duration duration) {
    return duration == null ? null : Math.toIntExact(duration.plusNanos(999_999_999).toSeconds());
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
