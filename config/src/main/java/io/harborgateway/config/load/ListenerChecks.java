package io.harborgateway.config.load;

import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.IpLiteral;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.TextRules;
import io.harborgateway.config.values.WhenDown;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks that listeners have unique names, do not take each other's ports, and have something to
 * serve.
 */
final class ListenerChecks {
  private ListenerChecks() {}

  static void run(Section root, Problems problems) {
    List<Section> listeners = root.sections("listeners");
    var names = new Uniqueness(problems, "a name of its own");
    for (Section listener : listeners) {
      names.add(listener.value("name", String.class), listener.path("name"));
      checkWhenDown(listener, problems);
    }
    checkOverlaps(root, listeners, problems);
    checkInstances(root, listeners, problems);
  }

  /** An alert is a TLS alert, so it needs an https listener. */
  private static void checkWhenDown(Section listener, Problems problems) {
    Protocol protocol = listener.value("protocol", Protocol.class);
    if (listener.value("when-down", WhenDown.class) == WhenDown.ALERT
        && protocol != null
        && protocol != Protocol.HTTPS) {
      String found = "alert on a listener of " + TextRules.kebab(protocol.name());
      problems.add(listener.path("when-down"), found, "auto or close: an alert is one of TLS");
    }
  }

  private static void checkOverlaps(Section root, List<Section> listeners, Problems problems) {
    List<Section> sockets = new ArrayList<>(listeners);
    Section admin = root.section("admin");
    if (admin != null) {
      sockets.add(admin);
    }
    for (int i = 0; i < sockets.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (overlap(sockets.get(i), sockets.get(j))) {
          String found = socket(sockets.get(i)) + ", which overlaps " + sockets.get(j).path();
          String taken = " (" + socket(sockets.get(j)) + ")";
          problems.add(sockets.get(i).path("port"), found + taken, "a port of its own");
          break;
        }
      }
    }
  }

  private static boolean overlap(Section one, Section other) {
    Integer port = one.value("port", Integer.class);
    InetAddress first = address(one);
    InetAddress second = address(other);
    return port != null
        && port.equals(other.value("port", Integer.class))
        && first != null
        && second != null
        && (first.equals(second) || covers(first, second) || covers(second, first));
  }

  /** The IPv6 wildcard covers IPv4 as well: the kernel's default for such a socket. */
  private static boolean covers(InetAddress wildcard, InetAddress address) {
    boolean onlyV4 = wildcard instanceof Inet4Address;
    return wildcard.isAnyLocalAddress() && (!onlyV4 || address instanceof Inet4Address);
  }

  private static @Nullable InetAddress address(Section socket) {
    String address = socket.value("address", String.class);
    return address == null ? null : IpLiteral.parse(address);
  }

  private static String socket(Section socket) {
    String address = String.valueOf(socket.value("address", String.class));
    String host = address.contains(":") ? "[" + address + "]" : address;
    return host + ":" + socket.value("port", Integer.class);
  }

  private static void checkInstances(Section root, List<Section> listeners, Problems problems) {
    if (root.isBroken("instances")
        || root.isSet("catalogue")
        || root.isSet("instances-directory")
        || root.isSet("instances-bucket")
        || !root.sections("instances").isEmpty()) {
      return;
    }
    for (Section listener : listeners) {
      Protocol protocol = listener.value("protocol", Protocol.class);
      if (protocol == Protocol.HTTP || protocol == Protocol.HTTPS) {
        String kind = TextRules.kebab(protocol.name());
        String expected = "at least one, because " + listener.path() + " is " + kind;
        problems.add(root.path("instances"), "none", expected);
        return;
      }
    }
  }
}
