package io.harborgateway.control;

import io.harborgateway.config.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The address at which routers reach this node. */
final class NodeAddress {
  private NodeAddress() {}

  /**
   * Returns the configured address, otherwise that of the default route's interface. Sends nothing:
   * connecting a UDP socket only asks the kernel for the route.
   *
   * @throws IOException if there is no default route
   */
  static String of(NodeConfig node) throws IOException {
    if (node.address() != null) {
      return node.address();
    }
    try (var socket = new DatagramSocket()) {
      // Any address beyond the local networks; this block is reserved for documentation (RFC 5737).
      socket.connect(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 9));
      InetAddress local = socket.getLocalAddress();
      if (local.isAnyLocalAddress()) {
        throw new IOException("no default route");
      }
      return local.getHostAddress();
    } catch (IOException | UncheckedIOException e) {
      throw new IOException(
          "node.address: not configured, and the default route's can't be found: " + e.getMessage(),
          e);
    }
  }
}
