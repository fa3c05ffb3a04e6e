package io.harborgateway.control;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.transport.InheritedSockets;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the listening sockets that a supervisor passes to the process that it starts, as systemd
 * does: {@code LISTEN_PID}, {@code LISTEN_FDS} and {@code LISTEN_FDNAMES} of sd_listen_fds(3).
 */
public final class ActivatedSockets {
  private static final Logger LOG = LoggerFactory.getLogger(ActivatedSockets.class);
  private static final int FIRST = 3;

  private ActivatedSockets() {}

  /**
   * Returns the sockets for these listeners: by a socket's name, if a listener has the same one,
   * otherwise by address. Others stay open and unused, which is logged.
   *
   * @param environment of the process
   * @param process id of the process, since a child inherits what is not meant for it
   * @throws IOException if a descriptor is no listening socket, or a listener's has another port
   */
  public static InheritedSockets of(
      Map<String, String> environment, long process, List<ListenerConfig> listeners)
      throws IOException {
    var sockets = new InheritedSockets();
    if (!Long.toString(process).equals(environment.get("LISTEN_PID"))) {
      return sockets;
    }
    int count = count(environment.getOrDefault("LISTEN_FDS", "0"));
    if (count > 0 && !Epoll.isAvailable()) {
      throw new IOException(
          "LISTEN_FDS: sockets can't be taken without epoll: " + Epoll.unavailabilityCause());
    }
    String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
    for (int i = 0; i < count; i++) {
      add(sockets, FIRST + i, i < names.length ? names[i] : "", listeners);
    }
    return sockets;
  }

  private static int count(String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException("LISTEN_FDS: \"" + text + "\" (expected: a number)", e);
    }
  }

  private static void add(
      InheritedSockets sockets, int descriptor, String name, List<ListenerConfig> listeners)
      throws IOException {
    String shown = "socket %d%s".formatted(descriptor, name.isEmpty() ? "" : " (" + name + ")");
    InetSocketAddress address;
    try {
      address = InheritedSockets.address(descriptor);
    } catch (IOException e) {
      throw new IOException(shown + ": " + e.getMessage(), e);
    }
    for (ListenerConfig listener : listeners) {
      if (listener.name().equals(name)) {
        if (listener.port() != address.getPort()) {
          throw new IOException(
              "%s listens on %s (expected: port %d, as listener %s)"
                  .formatted(shown, address, listener.port(), name));
        }
        sockets.add(descriptor, ListenerService.address(listener));
        return;
      }
    }
    sockets.add(descriptor, address);
    if (listeners.stream().noneMatch(each -> sockets.has(ListenerService.address(each)))) {
      LOG.warn("{} listens on {}, as no listener does: nobody accepts there", shown, address);
    }
  }
}
