package io.harborgateway.listen;

import io.harborgateway.transport.TcpServer;
import io.harborgateway.transport.TcpStream;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What an {@link Acceptor} does, for connections without a Netty channel: counts them against the
 * limits and hands them on. One beyond a limit is reset. When the process is out of descriptors,
 * accepting pauses for a second.
 */
final class StreamAcceptor implements TcpServer.Listener {
  private static final InetAddress ANY_CLIENT = InetAddress.getLoopbackAddress();

  private final Consumer<TcpStream> path;
  private final Admission admission;
  private final Runnable anyClosed;

  /**
   * Makes what listens to one listening socket.
   *
   * @param path gets each connection, and owns it
   */
  StreamAcceptor(Consumer<TcpStream> path, Admission admission) {
    this.path = path;
    this.admission = admission;
    this.anyClosed = () -> admission.closed(ANY_CLIENT);
  }

  @Override
  public void accepted(TcpServer server, FileDescriptor descriptor, byte[] address) {
    boolean needsClient = admission.needsClient();
    InetAddress client = needsClient ? TcpServer.address(address) : ANY_CLIENT;
    String limit = admission.admit(client);
    if (limit != null && !needsClient) { // a place that was for anybody has been taken meanwhile
      client = TcpServer.address(address);
      limit = admission.admit(client);
    }
    if (limit != null) {
      admission.refused(limit, TcpServer.address(address));
      new TcpStream(server.loop(), descriptor, () -> {}).reset();
      return;
    }
    InetAddress counted = client;
    Runnable closed = needsClient ? () -> admission.closed(counted) : anyClosed;
    path.accept(new TcpStream(server.loop(), descriptor, closed));
  }

  @Override
  public void acceptFailed(TcpServer server, IOException cause) {
    admission.paused(cause);
    server.pause(Admission.PAUSE_SECONDS, TimeUnit.SECONDS);
  }
}
