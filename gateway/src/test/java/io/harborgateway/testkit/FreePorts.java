package io.harborgateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Loopback ports for processes that have to be told theirs. */
public final class FreePorts {
  private static final int LOWEST = 10_000;

  /** Where Linux begins with ports for outgoing connections, which would take them at any time. */
  private static final int HIGHEST = 32_768;

  private static final int MAX_TRIES = 1_000;

  /** Two JVMs of one build must not choose the same: each has a part of its own. */
  private static final int PARTS = 4;

  private static final int PART = Integer.getInteger("surefire.forkNumber", 1) % PARTS;
  private static final int PORTS = (HIGHEST - LOWEST) / PARTS;

  private FreePorts() {}

  /**
   * Ports that were free a moment ago, each one different. Whoever cannot bind them asks for
   * others: nothing holds them back for the caller.
   */
  public static List<Integer> loopback(int count) {
    var held = new ArrayList<ServerSocket>();
    try {
      for (int tries = 0; held.size() < count; tries++) {
        int port = LOWEST + PART * PORTS + ThreadLocalRandom.current().nextInt(PORTS);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1")));
        } catch (BindException e) {
          if (tries == MAX_TRIES) {
            throw e;
          }
        }
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      held.forEach(FreePorts::release);
    }
  }

  private static void release(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
