package io.harborgateway.announce.nats;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts how many routes announce each name of each endpoint. Routers know nothing else: a name
 * withdrawn by one route would also vanish for another that still announces it, such as the route's
 * next version, until its next register message. Confined to one thread.
 */
final class AnnouncedNames {
  private final Map<Claim, Integer> counts = new HashMap<>();
  private final Set<Claim> introduced = new HashSet<>();

  /**
   * A name of an endpoint.
   *
   * @param port the port that gorouter dials and identifies the endpoint by
   * @param name in lower case, as gorouter compares names
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

  /** Returns the message reduced to the names that no route announces; null if there are none. */
  @Nullable RegistryMessage unclaimed(RegistryMessage message) {
    var left =
        message.names().stream()
            .filter(name -> !counts.containsKey(Claim.of(message, name)))
            .toList();
    return left.isEmpty() ? null : message.with(left);
  }

  /**
   * Returns the message reduced to the names that this process has not announced yet; null if there
   * are none.
   */
  @Nullable RegistryMessage notIntroduced(RegistryMessage message) {
    var left =
        message.names().stream()
            .filter(name -> !introduced.contains(Claim.of(message, name)))
            .toList();
    return left.isEmpty() ? null : message.with(left);
  }

  /** Records that this process has announced all names of the message. */
  void introduce(RegistryMessage message) {
    message.names().forEach(name -> introduced.add(Claim.of(message, name)));
  }

  /** Removes a route for good: names that no other route announces count as never announced. */
  void forget(RegistryMessage message) {
    message.names().stream()
        .map(name -> Claim.of(message, name))
        .filter(claim -> !counts.containsKey(claim))
        .forEach(introduced::remove);
  }
}
