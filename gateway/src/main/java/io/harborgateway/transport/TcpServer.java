package io.harborgateway.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket in an event loop's epoll, whose connections have no Netty channel and stay on
 * that loop. Confined to that loop.
 *
 * <p>Connections are accepted in batches, which grow while more are waiting than expected, so a
 * single connection does not cost a second, futile accept(2).
 */
public final class TcpServer implements EpollIoHandle {
  /** Receives connections, on the event loop. */
  public interface Callback {
    /**
     * A connection was accepted.
     *
     * @param descriptor non-blocking, with TCP_NODELAY; the callback takes ownership of it
     * @param client address as returned by accept(2), with its length in the first byte; valid
     *     during the call, see {@link TcpServer#address}
     */
    void accepted(TcpServer server, FileDescriptor descriptor, byte[] client);

    /** Accepting failed, perhaps because of the descriptor limit. It continues unless paused. */
    void acceptFailed(TcpServer server, IOException cause);
  }

  /** A reserved address; see {@link #reserve}. */
  public interface Reservation extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  private static final int MAX_BATCH = 64;

  /**
   * Yields no events while accepting is paused; see {@link EpollHandlers} for why it is not NONE.
   */
  private static final EpollIoOps PAUSED = EpollIoOps.EPOLLET;

  private final IoEventLoop loop;
  private final Socket socket;
  private final Callback callback;
  private final byte[] client = new byte[26]; // as long as Netty's accept requires
  private int batch = 1;
  private @Nullable IoRegistration registration;

  private TcpServer(IoEventLoop loop, Socket socket, Callback callback) {
    this.loop = loop;
    this.socket = socket;
    this.callback = callback;
  }

  /**
   * Binds and listens; accepts nothing until it is {@linkplain #start started}. Any thread.
   *
   * @param backlog most connections that wait in the kernel
   * @param shared whether other sockets of this process listen on the same address (SO_REUSEPORT)
   */
  public static TcpServer bind(
      IoEventLoop loop, InetSocketAddress address, int backlog, boolean shared, Callback callback)
      throws IOException {
    Socket socket = LinuxSocket.newSocketStream(address.getAddress() instanceof Inet6Address);
    try {
      socket.setReuseAddress(true);
      socket.setReusePort(shared);
      socket.setTcpNoDelay(true); // inherited by accepted sockets
      socket.bind(address);
      socket.listen(backlog);
      return new TcpServer(loop, socket, callback);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Uses a socket that already listens; accepts nothing until it is {@linkplain #start started}.
   * Any thread.
   *
   * @param descriptor non-blocking; this takes ownership of it
   */
  public static TcpServer adopt(IoEventLoop loop, FileDescriptor descriptor, Callback callback)
      throws IOException {
    var socket = new Socket(descriptor.intValue());
    socket.setTcpNoDelay(true); // inherited by accepted sockets
    return new TcpServer(loop, socket, callback);
  }

  /** Returns the event loop of its connections. */
  public IoEventLoop loop() {
    return loop;
  }

  /**
   * Ensures that nobody else listens on an address before sockets with SO_REUSEPORT are bound to
   * it: instead of failing, those would share it with another process that has bound such sockets.
   * Two processes that both reserve before either listens do not detect each other.
   *
   * @return the reservation, to be closed once the sockets are bound
   * @throws IOException if somebody listens there
   */
  public static Reservation reserve(InetSocketAddress address) throws IOException {
    Socket socket = LinuxSocket.newSocketStream(address.getAddress() instanceof Inet6Address);
    try {
      socket.setReuseAddress(true);
      socket.bind(address);
      return socket::close;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Begins to accept. On the event loop. */
  public void start() throws IOException {
    assert loop.inEventLoop();
    var registered = loop.register(this); // completes at once, because this is the event loop
    IoRegistration added = registered.getNow();
    if (added == null) {
      throw new IOException("not registered with the event loop", registered.cause());
    }
    registration = added;
    added.submit(EpollIoOps.EPOLLIN);
  }

  /** Returns the address it listens on. For any thread. */
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  /** Converts the client address passed to {@link Callback#accepted}. */
  public static InetAddress address(byte[] client) {
    return NativeInetAddress.address(client, 1, client[0]).getAddress();
  }

  /** Pauses accepting; connections wait in the kernel. */
  public void pause(long time, TimeUnit unit) {
    submit(PAUSED);
    loop.schedule(() -> submit(EpollIoOps.EPOLLIN), time, unit);
  }

  private void submit(EpollIoOps ops) {
    if (registration != null && socket.isOpen()) {
      registration.submit(ops);
    }
  }

  @Override
  public void handle(IoRegistration ready, IoEvent event) {
    int accepted = accept(batch);
    batch = accepted == batch ? Math.min(2 * batch, MAX_BATCH) : Math.max(accepted, 1);
  }

  private int accept(int max) {
    int accepted = 0;
    while (accepted < max && socket.isOpen()) {
      int descriptor;
      try {
        descriptor = socket.accept(client);
      } catch (IOException e) {
        callback.acceptFailed(this, e);
        break;
      }
      if (descriptor < 0) {
        break;
      }
      accepted++;
      callback.accepted(this, new FileDescriptor(descriptor), client);
    }
    return accepted;
  }

  /**
   * Stops listening. First accepts what is waiting in the kernel, which would otherwise reset it.
   * On the event loop.
   */
  public void stop() {
    assert loop.inEventLoop();
    accept(Integer.MAX_VALUE);
    close();
  }

  /** Stops listening at once: connections waiting in the kernel are reset. */
  @Override
  public void close() {
    if (!socket.isOpen()) {
      return;
    }
    // Before the close: epoll would go on with what another process or descriptor has open, too.
    if (registration != null) {
      registration.cancel();
    }
    try {
      socket.close();
    } catch (IOException e) {
      // The descriptor is closed in any case.
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }
}
