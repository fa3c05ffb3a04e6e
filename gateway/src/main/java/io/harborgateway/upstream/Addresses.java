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
 * The addresses of one upstream in the order in which they are dialled: the one that answered last
 * comes first, and IPv6 and IPv4 take turns behind it (RFC 8305 section 4), so that a family
 * without a path costs one attempt. Which of them failed is known until they answer. Safe for use
 * by any thread; what is read is an immutable snapshot.
 */
final class Addresses {
  /** More of one name are not kept. */
  static final int MOST = 16;

  private record Failure(String reason, Instant since) {}

  private volatile List<InetSocketAddress> order = List.of();
  private volatile Map<InetSocketAddress, Failure> failures = Map.of(); // of those in the order

  /** Returns the addresses in the order in which they are to be dialled; empty before a look-up. */
  List<InetSocketAddress> order() {
    return order;
  }

  /** Whether the address was among those of the last look-up, or none was made yet. */
  boolean isKnown(SocketAddress address) {
    List<InetSocketAddress> known = order;
    return known.isEmpty() || known.contains(address);
  }

  /**
   * Takes the result of a look-up. A name server that only rotates its answer changes nothing, and
   * the address that answered last stays first while it is among them.
   *
   * @return whether an address came or went
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

  /** An upstream was reached at this address. */
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

  /** An upstream was not reached at this address. */
  void failed(InetSocketAddress address, String reason) {
    Failure known = failures.get(address);
    if (known != null && known.reason.equals(reason)) {
      return; // as many dials may find, one after the other
    }
    synchronized (this) {
      if (order.contains(address)) {
        Map<InetSocketAddress, Failure> more = new HashMap<>(failures);
        more.put(address, new Failure(reason, Instant.now()));
        failures = Map.copyOf(more);
      }
    }
  }

  /** Returns how each stands, in the order in which they are dialled. */
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
   * Returns the addresses with {@code first} first, if it is among them, and from there on one of
   * each family in turn while there are some. Within a family their order stays.
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
