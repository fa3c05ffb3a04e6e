package io.harborgateway.upstream;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one upstream in dialling order: the one that last answered comes first, followed
 * by IPv6 and IPv4 alternating (RFC 8305 section 4), so that an unreachable family costs one
 * attempt. Failed addresses are remembered until they answer. Thread-safe; readers get immutable
 * snapshots.
 */
final class Addresses {
  /** Most addresses kept for one name. */
  static final int MOST = 16;

  private record Failure(String reason, Instant since) {}

  private volatile List<InetSocketAddress> order = List.of();
  private volatile Map<InetSocketAddress, Failure> failures = Map.of(); // of addresses in the order

  /** Returns the addresses in dialling order; empty before the first lookup. */
  List<InetSocketAddress> order() {
    return order;
  }

  /** Whether the address was in the result of the last lookup, or there was none yet. */
  boolean isKnown(SocketAddress address) {
    List<InetSocketAddress> known = order;
    return known.isEmpty() || known.contains(address);
  }

  /**
   * Accepts the result of a lookup. A mere rotation of the addresses changes nothing, and the
   * address that last answered stays first as long as it is among them.
   *
   * @return whether an address was added or removed
   */
  synchronized boolean replace(List<InetSocketAddress> found) {
    List<InetSocketAddress> known = order;
    List<InetSocketAddress> all = new ArrayList<>(found.stream().distinct().toList());
    if (all.size() > MOST) {
      all.sort(Comparator.comparing(each -> !known.contains(each))); // others may be first now
    }
    InetSocketAddress first = known.isEmpty() ? null : known.getFirst();
    List<InetSocketAddress> next = takingTurns(all, first).stream().limit(MOST).toList();
    if (new HashSet<>(next).equals(new HashSet<>(known))) {
      return false;
    }
    order = next;
    Map<InetSocketAddress, Failure> rest = new HashMap<>(failures);
    rest.keySet().retainAll(next);
    failures = Map.copyOf(rest);
    return true;
  }

  /** Records that the upstream was reached at this address. */
  void answered(InetSocketAddress address) {
    if (!address.equals(order.getFirst()) || failures.containsKey(address)) {
      synchronized (this) {
        order = takingTurns(order, address);
        Map<InetSocketAddress, Failure> rest = new HashMap<>(failures);
        rest.remove(address);
        failures = Map.copyOf(rest);
      }
    }
  }

  /** Records that the upstream was not reached at this address. */
  void failed(InetSocketAddress address, String reason) {
    Failure known = failures.get(address);
    if (known != null && known.reason.equals(reason)) {
      return; // as many dials in a row may find
    }
    synchronized (this) {
      if (order.contains(address)) {
        Map<InetSocketAddress, Failure> more = new HashMap<>(failures);
        more.put(address, new Failure(reason, Instant.now()));
        failures = Map.copyOf(more);
      }
    }
  }

  /** Returns the status of each, in dialling order. */
  List<AddressStatus> status() {
    Map<InetSocketAddress, Failure> failed = failures;
    return order.stream()
        .map(each -> {
          Failure failure = failed.get(each);
          return new AddressStatus(
              each.getAddress().getHostAddress(),
              failure == null ? null : failure.reason,
              failure == null ? null : failure.since);
        })
        .toList();
  }

  /**
   * Returns the addresses with {@code first} first, if it is among them, then alternating between
   * families as long as both have some left. Keeps the order within a family.
   */
  private static List<InetSocketAddress> takingTurns(
      List<InetSocketAddress> addresses, @Nullable InetSocketAddress first) {
    List<InetSocketAddress> rest = new ArrayList<>(addresses);
    if (first != null && rest.remove(first)) {
      rest.addFirst(first);
    }
    List<InetSocketAddress> sorted = new ArrayList<>(rest.size());
    boolean wanted = !rest.isEmpty() && isIpv6(rest.getFirst());
    while (!rest.isEmpty()) {
      boolean family = wanted;
      InetSocketAddress next =
          rest.stream().filter(each -> isIpv6(each) == family).findFirst().orElse(rest.getFirst());
      rest.remove(next);
      sorted.add(next);
      wanted = !family;
    }
    return List.copyOf(sorted);
  }

  private static boolean isIpv6(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address;
  }
}
