package io.harborgateway.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * What gorouter reads of a message on {@code router.register} and {@code router.unregister}. Fields
 * that it does not know are ignored; one of another type than it expects spoils the message.
 *
 * @param uris in lower case, as gorouter looks them up
 */
record RegistryMessage(List<String> uris, RouterEndpoint endpoint) {
  /** gorouter's {@code droplet_stale_threshold}: a message can ask for less, not for more. */
  static final Duration STALE_THRESHOLD = Duration.ofMinutes(2);

  private static final long HIGHEST_PORT = 65_535;

  /** Those of the fields of which a test double of the table makes no use. */
  private static final List<String> OTHER_STRINGS =
      List.of("availability_zone", "isolation_segment", "protocol");

  private static final List<String> OPTIONS = List.of("loadbalancing", "lb_algo", "hash_header");

  RegistryMessage {
    uris = List.copyOf(uris);
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException when gorouter would not take it
   */
  static RegistryMessage of(JsonNode json) {
    check("the message", json, json.isObject(), "an object");
    OTHER_STRINGS.forEach(name -> string(json, name));
    strings(json.path("options"), "options", OPTIONS);
    strings(json.path("tags"), "tags", json.path("tags").propertyNames());
    number(json, "endpoint_updated_at_ns", Long.MAX_VALUE);
    String routeService = string(json, "route_service_url");
    if (!routeService.isEmpty() && !routeService.startsWith("https")) {
      throw new IllegalArgumentException(
          "route_service_url: \"" + routeService + "\" (expected: of https)");
    }
    return new RegistryMessage(uris(json.path("uris")), endpoint(json));
  }

  private static RouterEndpoint endpoint(JsonNode json) {
    int port = (int) number(json, "port", HIGHEST_PORT);
    int tlsPort = (int) number(json, "tls_port", HIGHEST_PORT);
    Duration stale =
        Duration.ofSeconds(number(json, "stale_threshold_in_seconds", Integer.MAX_VALUE));
    return new RouterEndpoint(
        string(json, "host"),
        tlsPort == 0 ? port : tlsPort,
        tlsPort != 0,
        string(json, "server_cert_domain_san"),
        stale.isZero() || stale.compareTo(STALE_THRESHOLD) > 0 ? STALE_THRESHOLD : stale,
        string(json, "app"),
        string(json, "private_instance_index"),
        string(json, "private_instance_id"));
  }

  private static List<String> uris(JsonNode uris) {
    if (isAbsent(uris)) {
      return List.of();
    }
    check("uris", uris, uris.isArray(), "an array");
    return uris.values().stream()
        .map(uri -> check("uris", uri, uri.isString(), "strings"))
        .map(uri -> uri.stringValue().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static void strings(JsonNode object, String field, Iterable<String> names) {
    if (!isAbsent(object)) {
      check(field, object, object.isObject(), "an object");
      names.forEach(name -> string(object, name));
    }
  }

  private static String string(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return isAbsent(value) ? "" : check(name, value, value.isString(), "a string").stringValue();
  }

  private static long number(JsonNode object, String name, long highest) {
    JsonNode value = object.path(name);
    if (isAbsent(value)) {
      return 0;
    }
    boolean fits = value.isIntegralNumber() && value.canConvertToLong();
    check(
        name,
        value,
        fits && value.longValue() >= 0 && value.longValue() <= highest,
        "0 to " + highest);
    return value.longValue();
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static JsonNode check(String name, JsonNode value, boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
    return value;
  }
}
