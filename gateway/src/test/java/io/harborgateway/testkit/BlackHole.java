package io.harborgateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A loopback address that says nothing to who connects, as a firewall that drops packets: its queue
 * of connections is full, so that the kernel drops the first packet of each further one. Whoever
 * keeps on trying gets in a second after {@link #letIn}, when the kernel repeats that packet.
 */
public final class BlackHole implements AutoCloseable {
  private final ServerSocket server;
  private final List<Socket> queued = new ArrayList<>();

  private BlackHole(ServerSocket server) {
    this.server = server;
  }

  /** Opens one at this address and port; 0 is a free one. */
  public static BlackHole at(String address, int port) {
    try {
      var hole = new BlackHole(new ServerSocket(port, 1, InetAddress.ofLiteral(address)));
      for (int i = 0; i < 2; i++) { // the kernel's queue takes one more than it is told
        hole.queued.add(new Socket(hole.server.getInetAddress(), hole.port()));
      }
      return hole;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), port());
  }

  /** Makes room for others. */
  public void letIn() {
    try {
      for (Socket each : queued) {
        server.accept().close();
        each.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the next connection, after {@link #letIn}. */
  public Socket accept(Duration limit) throws SocketTimeoutException {
    try {
      server.setSoTimeout((int) limit.toMillis());
      return server.accept();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket each : queued) {
        each.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
