package io.harborgateway.upstream;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one upstream in the order in which they are dialled: the one that answered last
 * comes first. Safe for use by any thread; what is read is an immutable snapshot.
 */
final class Addresses {
  /** More of one name are not kept. */
  static final int MOST = 16;

  private volatile List<InetSocketAddress> order = List.of();

  /** Returns the addresses in the order in which they are to be dialled; empty before a look-up. */
  List<InetSocketAddress> order() {
    return order;
  }

  /**
   * Takes the result of a look-up. A name server that only rotates its answer changes nothing, and
   * the address that answered last stays first while it is among them.
   *
   * @return whether an address came or went
   */
  synchronized boolean replace(List<InetSocketAddress> found) {
    List<InetSocketAddress> next =
        found.stream().distinct().limit(MOST).collect(ArrayList::new, List::add, List::addAll);
    if (new HashSet<>(next).equals(new HashSet<>(order))) {
      return false;
    }
    order = withFirst(next, order.isEmpty() ? null : order.getFirst());
    return true;
  }

  /** An upstream was reached at this address. */
  void answered(InetSocketAddress address) {
    if (!address.equals(order.getFirst())) {
      synchronized (this) {
        order = withFirst(order, address);
      }
    }
  }

  private static List<InetSocketAddress> withFirst(
      List<InetSocketAddress> addresses, @Nullable InetSocketAddress first) {
    if (first == null || !addresses.contains(first)) {
      return List.copyOf(addresses);
    }
    List<InetSocketAddress> sorted = new ArrayList<>(addresses);
    sorted.remove(first);
    sorted.addFirst(first);
    return List.copyOf(sorted);
  }
}
