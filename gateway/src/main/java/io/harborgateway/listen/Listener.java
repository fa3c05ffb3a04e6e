package io.harborgateway.listen;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.metrics.Meters;
import io.harborgateway.transport.TcpServer;
import io.harborgateway.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * One published port, bound and closed as a whole. May be used by any thread, but only one at a
 * time.
 *
 * <p>On epoll each event loop has its own listening socket (SO_REUSEPORT), and the kernel
 * distributes connections among them, so no connection is handed from one thread to another.
 */
public final class Listener implements AutoCloseable {
  /** Connections that may wait in the kernel for the acceptor, which takes them in batches. */
  static final int BACKLOG = 4096;

  private final String name;
  private final InetSocketAddress address;
  private volatile ConnectionPath path;
  private final ListenerMeters meters;
  private volatile List<ListeningSocket> sockets = List.of();

  /**
   * Creates an unbound listener.
   *
   * @param address address to listen on; port 0 takes a free one
   * @param path path of each connection
   */
  public Listener(
      String name, InetSocketAddress address, ConnectionPath path, ListenerMeters meters) {
    this.name = name;
    this.address = address;
    this.path = path;
    this.meters = meters;
  }

  /**
   * Replaces the path of connections accepted from now on; open ones keep theirs, and nothing is
   * rebound. For any thread.
   *
   * @throws IllegalArgumentException if only one of the two paths is a TCP path: their sockets
   *     differ, so that requires a new listener
   */
  public void use(ConnectionPath next) {
    if ((next.streams() == null) != (path.streams() == null)) {
      throw new IllegalArgumentException(
          "listener %s: a path of another kind (expected: tcp or not, as before)".formatted(name));
    }
    path = next;
  }

  public String name() {
    return name;
  }

  public boolean isBound() {
    return !sockets.isEmpty();
  }

  /** Returns the address it listens on or, while unbound, the address to bind. */
  public InetSocketAddress address() {
    List<ListeningSocket> bound = sockets;
    return bound.isEmpty() ? address : bound.getFirst().localAddress();
  }

  /**
   * Checks that the address can be bound. Nobody can connect to it yet. For any thread.
   *
   * @throws IOException if it can't; the message names the listener and the address
   */
  public void tryAddress(Transport transport) throws IOException {
    tryAddress(name, address, transport);
  }

  /**
   * Checks the address of a listener that does not exist yet.
   *
   * @throws IOException if it can't; the message names the listener and the address
   */
  public static void tryAddress(String name, InetSocketAddress address, Transport transport)
      throws IOException {
    try {
      if (transport == Transport.EPOLL) {
        TcpServer.reserve(address).close();
      } else {
        try (var socket = SocketChannel.open()) { // only bound: a server socket would also listen
          socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
          socket.bind(address);
        }
      }
    } catch (IOException e) {
      throw notBound(name, address, e);
    }
  }

  /**
   * Binds and begins to accept. Blocks: not to be called on an event loop.
   *
   * @throws IOException if the address can't be bound; the message names the listener and the
   *     address
   */
  public void bind(
      Transport transport, EventLoopGroup eventLoops, ConnectionLimits limits, Meters allMeters)
      throws IOException {
    var admission = new Admission(limits, meters, allMeters);
    List<ListeningSocket> unbound = new ArrayList<>();
    if (transport == Transport.EPOLL) {
      List<IoEventLoop> loops = loops(eventLoops);
      for (IoEventLoop loop : loops) {
        unbound.add(listening(loop, loops.size() > 1, admission));
      }
    } else {
      unbound.add(
          new ListeningChannel(
              transport.serverChannels().newChannel(),
              eventLoops,
              false,
              new Acceptor(eventLoops, () -> path, admission)));
    }
    List<ListeningSocket> bound = new ArrayList<>();
    try (var reserved = unbound.size() > 1 ? TcpServer.reserve(address) : null) {
      InetSocketAddress at = address;
      for (ListeningSocket socket : unbound) {
        var begun = socket.begin(at).awaitUninterruptibly();
        if (!begun.isSuccess()) {
          throw new IOException(begun.cause().getMessage(), begun.cause());
        }
        bound.add(socket);
        at = socket.localAddress(); // port 0 has become a real port
      }
    } catch (IOException e) {
      bound.forEach(socket -> socket.end().awaitUninterruptibly());
      throw notBound(name, address, e);
    }
    sockets = List.copyOf(bound);
  }

  /**
   * Returns an unbound socket on {@code loop}, an epoll loop on which its connections stay.
   *
   * @param isShared whether other event loops have such a socket, too
   */
  private ListeningSocket listening(IoEventLoop loop, boolean isShared, Admission admission) {
    return path.streams() == null
        ? new ListeningChannel(
            Transport.EPOLL.serverChannels().newChannel(),
            loop,
            isShared,
            new Acceptor(loop, () -> path, admission))
        : new ListeningStream(loop, isShared, new StreamAcceptor(() -> path, admission));
  }

  private static IOException notBound(String name, InetSocketAddress address, IOException cause) {
    return new IOException(
        "listener %s: %s:%d can't be bound: %s"
            .formatted(name, address.getHostString(), address.getPort(), cause.getMessage()),
        cause);
  }

  private static List<IoEventLoop> loops(EventLoopGroup eventLoops) {
    List<IoEventLoop> loops = new ArrayList<>();
    eventLoops.forEach(loop -> loops.add((IoEventLoop) (EventLoop) loop));
    return loops;
  }

  /** Stops accepting; open connections are unaffected. */
  @Override
  public void close() {
    List<ListeningSocket> bound = sockets;
    sockets = List.of();
    bound.stream()
        .map(ListeningSocket::end)
        .toList()
        .forEach(ended -> ended.awaitUninterruptibly());
  }
}
