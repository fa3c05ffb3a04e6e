package io.harborgateway.transport;

import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Dials a TCP address without a Netty channel. Confined to its event loop.
 *
 * <p>A local upstream has already accepted when connect(2) returns, although the call reports that
 * it is in progress; so the state is checked again at once, and only if it is still in progress
 * does the dial use epoll and a time limit.
 */
public final class TcpDial implements TcpStream.User {
  /**
   * Called exactly once, on the event loop, unless the dial is cancelled; possibly before {@link
   * TcpDial#start} returns.
   */
  public interface Callback {
    /** The connection is established, with TCP_NODELAY; the callback takes ownership of it. */
    void connected(TcpStream stream);

    /**
     * The dial has failed.
     *
     * @param cause a {@link ConnectTimeoutException} at the end of the time limit
     */
    void connectFailed(Exception cause);
  }

  private final TcpStream stream;
  private final Socket socket;
  private final InetSocketAddress address;
  private final Callback callback;
  private @Nullable Deadline deadline;
  private boolean done;

  private TcpDial(TcpStream stream, Socket socket, InetSocketAddress address, Callback callback) {
    this.stream = stream;
    this.socket = socket;
    this.address = address;
    this.callback = callback;
  }

  /**
   * Dials {@code address}.
   *
   * @param loop epoll loop, which must be the caller's
   * @param timeout limit of the connect
   * @param deadlines deadlines of the event loop
   * @return the dial, to {@linkplain #cancel} it; null if there is nothing to cancel
   */
  public static @Nullable TcpDial start(
      IoEventLoop loop,
      InetSocketAddress address,
      Duration timeout,
      Deadlines deadlines,
      Callback callback) {
    assert loop.inEventLoop();
    Socket socket;
    try {
      socket = LinuxSocket.newSocketStream(address.getAddress() instanceof Inet6Address);
    } catch (RuntimeException e) { // wrapped by Netty
      callback.connectFailed(e);
      return null;
    }
    var dial =
        new TcpDial(new TcpStream(loop, socket, TcpDial::nothing), socket, address, callback);
    dial.begin(timeout, deadlines);
    return dial.done ? null : dial;
  }

  /**
   * Cancels the dial: the callback is not called, and the socket is closed. Does nothing once it
   * has ended.
   */
  public void cancel() {
    if (!done) {
      finish();
      stream.close();
    }
  }

  private static void nothing() {
    // Upstream connections are not counted.
  }

  private void begin(Duration timeout, Deadlines deadlines) {
    try {
      socket.setTcpNoDelay(true);
      boolean isThere = socket.connect(address);
      if (!isThere) {
        isThere = socket.connect(address);
      }
      if (isThere) {
        connected();
        return;
      }
      deadline = deadlines.add(this::expired);
      deadline.after(timeout);
      stream.awaitWritable();
      stream.use(this);
    } catch (IOException | NotYetConnectedException e) {
      fail(e);
    }
  }

  @Override
  public void ready(
      TcpStream ready, boolean readable, boolean hungUp, boolean writable, boolean failed) {
    if (done || !(writable || failed)) {
      return;
    }
    try {
      if (socket.connect(address)) {
        connected();
      }
    } catch (IOException | NotYetConnectedException e) {
      fail(e);
    }
  }

  private void connected() {
    finish();
    callback.connected(stream);
  }

  private void expired() {
    fail(new ConnectTimeoutException("connection timed out: " + address));
  }

  private void fail(Exception cause) {
    if (!done) {
      finish();
      stream.close();
      callback.connectFailed(cause);
    }
  }

  private void finish() {
    done = true;
    if (deadline != null) {
      deadline.remove();
    }
  }

  @Override
  public void closed(TcpStream closed) {
    fail(new IOException("the event loop ends"));
  }
}
