package io.harborgateway.announce.nats;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which names of which endpoints are announced, and by how many routes. Routers know nothing else:
 * what one route withdraws would be gone for another that still announces it, such as the next
 * version of a route, until that is announced again. Confined to one thread.
 */
final class AnnouncedNames {
  private final Map<Claim, Integer> counts = new HashMap<>();
  private final Set<Claim> introduced = new HashSet<>();

  /**
   * A name of an endpoint.
   *
   * @param port that gorouter dials, and knows the endpoint by
   * @param name in lower case, as gorouter compares it
   */
  record Claim(String address, int port, String name) {
    static Claim of(RegistryMessage message, String name) {
      return new Claim(
          message.origin().address(),
          message.endpoint().dialledPort(),
          name.toLowerCase(Locale.ROOT));
    }
  }

  static Set<Claim> claims(RegistryMessage message) {
    return message.names().stream()
        .map(name -> Claim.of(message, name))
        .collect(Collectors.toSet());
  }

  void add(RegistryMessage message) {
    message.names().forEach(name -> counts.merge(Claim.of(message, name), 1, Integer::sum));
  }

  void remove(RegistryMessage message) {
    message
        .names()
        .forEach(name ->
            counts.computeIfPresent(
                Claim.of(message, name), (claim, count) -> count == 1 ? null : count - 1));
  }

  /** The message with those of its names that nobody announces; null if there is none. */
  @Nullable RegistryMessage unclaimed(RegistryMessage message) {
    var left =
        message.names().stream()
            .filter(name -> !counts.containsKey(Claim.of(message, name)))
            .toList();
    return left.isEmpty() ? null : message.with(left);
  }

  /** The names of the message that this process has not announced yet; null if there is none. */
  @Nullable RegistryMessage notIntroduced(RegistryMessage message) {
    var left =
        message.names().stream()
            .filter(name -> !introduced.contains(Claim.of(message, name)))
            .toList();
    return left.isEmpty() ? null : message.with(left);
  }

  /** From now on this process has announced all names of the message. */
  void introduce(RegistryMessage message) {
    message.names().forEach(name -> introduced.add(Claim.of(message, name)));
  }

  /** A route is gone for good: what no other announces is as if it never had been announced. */
  void forget(RegistryMessage message) {
    message.names().stream()
        .map(name -> Claim.of(message, name))
        .filter(claim -> !counts.containsKey(claim))
        .forEach(introduced::remove);
  }
}
