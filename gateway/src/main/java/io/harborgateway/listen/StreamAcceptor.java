package io.harborgateway.listen;

import io.harborgateway.transport.TcpServer;
import io.harborgateway.transport.TcpStream;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does what {@link Acceptor} does for connections without a Netty channel: counts them against the
 * limits and passes them on. A connection beyond a limit is reset. When the process is out of file
 * descriptors, accepting pauses for a second.
 */
final class StreamAcceptor implements TcpServer.Callback {
  private final Supplier<ConnectionPath> path;
  private final Admission admission;

  /**
   * Creates the acceptor of one listening socket.
   *
   * @param path returns the path of the next connection, which must accept streams
   */
  StreamAcceptor(Supplier<ConnectionPath> path, Admission admission) {
    this.path = path;
    this.admission = admission;
  }

  @Override
  public void accepted(TcpServer server, FileDescriptor descriptor, byte[] address) {
    InetAddress client = TcpServer.address(address);
    String limit = admission.admit(client);
    if (limit != null) {
      admission.refused(limit, client);
      new TcpStream(server.loop(), descriptor, () -> {}).reset();
      return;
    }
    var stream = new TcpStream(server.loop(), descriptor, () -> admission.closed(client));
    Objects.requireNonNull(path.get().streams()).accept(stream);
  }

  @Override
  public void acceptFailed(TcpServer server, IOException cause) {
    admission.paused(cause);
    server.pause(Admission.PAUSE_SECONDS, TimeUnit.SECONDS);
  }
}
