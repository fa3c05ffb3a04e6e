package io.harborgateway.demo;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The gateway's ports on {@link #LOOPBACK}.
 *
 * @param tcp passes bytes to the stand-in's TLS port
 */
public record DemoPorts(int http, int https, int notary, int tcp, int admin) {
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private static final int LOWEST_FREE = 10_000;

  /** Where Linux begins with ports for outgoing connections (ip_local_port_range). */
  private static final int HIGHEST_FREE = 32_768;

  private static final int MAX_TRIES = 1_000;

  /**
   * Checks that all ports are free and distinct.
   *
   * @throws IOException naming each option whose port is taken
   */
  void demandFree() throws IOException {
    Map<String, Integer> byOption = new LinkedHashMap<>();
    byOption.put("--http-port", http);
    byOption.put("--https-port", https);
    byOption.put("--notary-port", notary);
    byOption.put("--tcp-port", tcp);
    byOption.put("--admin-port", admin);
    List<String> taken = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      byOption.forEach((option, port) -> {
        try {
          held.add(listening(port));
        } catch (IOException e) {
          taken.add(
              "%s: %d on %s: %s (expected: a free port; --ports auto finds some)"
                  .formatted(option, port, LOOPBACK.getHostAddress(), e.getMessage()));
        }
      });
    } finally {
      release(held);
    }
    if (!taken.isEmpty()) {
      throw new IOException(String.join("\n", taken));
    }
  }

  /**
   * Returns distinct ports that were free a moment ago. They are not reserved, but lie below the
   * range for outgoing connections, so that only another listener could take them.
   *
   * @throws IOException if too many are taken
   */
  static List<Integer> free(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int tries = 0; held.size() < count; tries++) {
        try {
          held.add(listening(ThreadLocalRandom.current().nextInt(LOWEST_FREE, HIGHEST_FREE)));
        } catch (BindException e) {
          if (tries == MAX_TRIES) {
            throw e;
          }
        }
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      release(held);
    }
  }

  private static ServerSocket listening(int port) throws IOException {
    var socket = new ServerSocket();
    try {
      // Same as the gateway: ports that an earlier demo left in TIME_WAIT do not count as taken.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void release(List<ServerSocket> sockets) throws IOException {
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }
}
