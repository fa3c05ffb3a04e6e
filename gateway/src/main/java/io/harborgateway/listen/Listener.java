package io.harborgateway.listen;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.metrics.Meters;
import io.harborgateway.transport.InheritedSockets;
import io.harborgateway.transport.TcpServer;
import io.harborgateway.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.FileDescriptor;
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
   * Begins to accept: on sockets that this process was given for its address, or else on its own.
   * Blocks: not to be called on an event loop.
   *
   * @throws IOException if the address can't be bound; the message names the listener and the
   *     address
   */
  public void bind(
      Transport transport,
      EventLoopGroup eventLoops,
      InheritedSockets inherited,
      ConnectionLimits limits,
      Meters allMeters)
      throws IOException {
    var admission = new Admission(limits, meters, allMeters);
    if (transport == Transport.EPOLL) {
      List<IoEventLoop> loops = loops(eventLoops);
      List<FileDescriptor> listening = inherited.duplicates(address, loops.size());
      if (listening.isEmpty()) {
        begin(loops.stream().map(loop -> unbound(loop, loops.size() > 1, admission)).toList());
      } else {
        adopt(listening, loops, admission);
      }
    } else {
      var acceptor = new Acceptor(eventLoops, () -> path, admission);
      var channel = transport.serverChannels().newChannel();
      begin(List.of(ListeningChannel.unbound(channel, eventLoops, false, acceptor)));
    }
  }

  private void begin(List<? extends ListeningSocket> unbound) throws IOException {
    try (var reserved = unbound.size() > 1 ? TcpServer.reserve(address) : null) {
      beginAll(unbound);
    } catch (IOException e) {
      throw notBound(name, address, e);
    }
  }

  private void adopt(List<FileDescriptor> listening, List<IoEventLoop> loops, Admission admission)
      throws IOException {
    List<ListeningSocket> adopted = new ArrayList<>();
    for (int i = 0; i < listening.size(); i++) {
      adopted.add(adopted(listening.get(i), loops.get(i % loops.size()), admission));
    }
    beginAll(adopted);
  }

  private void beginAll(List<? extends ListeningSocket> all) throws IOException {
    List<ListeningSocket> begun = new ArrayList<>();
    InetSocketAddress at = address;
    for (ListeningSocket socket : all) {
      var result = socket.begin(at).awaitUninterruptibly();
      if (!result.isSuccess()) {
        begun.forEach(each -> each.end().awaitUninterruptibly());
        throw new IOException(result.cause().getMessage(), result.cause());
      }
      begun.add(socket);
      at = socket.localAddress(); // port 0 has become a real port
    }
    sockets = List.copyOf(begun);
  }

  /**
   * Returns an unbound socket on {@code loop}, an epoll loop on which its connections stay.
   *
   * @param isShared whether other event loops have such a socket, too
   */
  private ListeningSocket unbound(IoEventLoop loop, boolean isShared, Admission admission) {
    return path.streams() == null
        ? ListeningChannel.unbound(
            Transport.EPOLL.serverChannels().newChannel(),
            loop,
            isShared,
            new Acceptor(loop, () -> path, admission))
        : ListeningStream.unbound(loop, isShared, new StreamAcceptor(() -> path, admission));
  }

  private ListeningSocket adopted(FileDescriptor listening, IoEventLoop loop, Admission admission) {
    return path.streams() == null
        ? ListeningChannel.of(listening, loop, new Acceptor(loop, () -> path, admission))
        : ListeningStream.of(listening, loop, new StreamAcceptor(() -> path, admission));
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

  /** Returns the descriptors of its sockets, which stay its own; none while it is not bound. */
  public List<Integer> descriptors() {
    return sockets.stream().map(ListeningSocket::descriptor).toList();
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
