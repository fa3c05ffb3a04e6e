package io.harborgateway.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** What a relay does, as plainly as it can be written: two blocking copies. */
final class ReferenceRelay implements AutoCloseable {
  private final Socket front;
  private final Socket upstream;
  private final Socket frontPeer;
  private final Socket upstreamPeer;

  ReferenceRelay() throws IOException {
    try (var server = new ServerSocket(0, 2, InetAddress.ofLiteral("127.0.0.1"))) {
      front = new Socket(server.getInetAddress(), server.getLocalPort());
      frontPeer = server.accept();
      upstream = new Socket(server.getInetAddress(), server.getLocalPort());
      upstreamPeer = server.accept();
    }
    Thread.startVirtualThread(() -> copy(front, upstream));
    Thread.startVirtualThread(() -> copy(upstream, front));
  }

  private void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      reset(front);
      reset(upstream);
    }
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // closed already
    }
  }

  Socket front() {
    return frontPeer;
  }

  Socket upstream() {
    return upstreamPeer;
  }

  @Override
  public void close() throws IOException {
    front.close();
    upstream.close();
    frontPeer.close();
    upstreamPeer.close();
  }
}
