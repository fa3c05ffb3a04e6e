package io.harborgateway.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection that is forwarded as it is: a non-blocking descriptor in an event loop's epoll,
 * without a Netty channel, since it needs neither pipeline nor buffers.
 *
 * <p>It is registered with epoll once, edge-triggered, for its whole life; writability is reported
 * only after the first time it was not writable, which for most streams never happens. An event
 * means that there may be something to do, and recurs only after a read or write found nothing more
 * to do. An event may be spurious, left over from a descriptor of the same number, so only the
 * results of the calls are reliable.
 *
 * <p>Confined to its event loop. Whoever holds the stream owns its descriptor and must {@link
 * #close} or {@link #reset} it.
 */
public final class TcpStream implements EpollIoHandle {
  /** Who reads and writes the stream. */
  public interface User {
    /**
     * Something may have changed; see {@link TcpStream} for spurious events.
     *
     * @param readable bytes, a FIN or a failure may be pending
     * @param hungUp the peer's FIN or RST may have arrived
     * @param writable there may be room to write
     * @param failed the connection may have failed; see {@link TcpStream#throwFailure}
     */
    void ready(
        TcpStream stream, boolean readable, boolean hungUp, boolean writable, boolean failed);

    /** The stream was closed: by its user, or because the event loop is shutting down. */
    void closed(TcpStream stream);
  }

  private static final EpollIoOps ALWAYS = EpollIoOps.EPOLLRDHUP.with(EpollIoOps.EPOLLET);
  private static final EpollIoOps READS = ALWAYS.with(EpollIoOps.EPOLLIN);
  private static final EpollIoOps WRITES = ALWAYS.with(EpollIoOps.EPOLLOUT);
  private static final EpollIoOps READS_AND_WRITES = READS.with(EpollIoOps.EPOLLOUT);

  private static final int EPOLLHUP = 0x10; // Linux's value, which Netty does not define
  private static final int FAILED = Native.EPOLLERR;
  private static final int HUNG_UP = Native.EPOLLRDHUP | EPOLLHUP | FAILED;
  private static final int READABLE = Native.EPOLLIN | HUNG_UP;
  private static final int WRITABLE = Native.EPOLLOUT | EPOLLHUP | FAILED;

  private final IoEventLoop loop;
  private final FileDescriptor descriptor;
  private final Runnable whenClosed;
  private @Nullable IoRegistration registration;
  private @Nullable User user;
  private boolean tellsReads = true;
  private boolean tellsWrites;

  /**
   * Takes ownership of a connected descriptor.
   *
   * @param descriptor non-blocking TCP socket
   * @param whenClosed runs once, after the descriptor has been closed
   */
  public TcpStream(IoEventLoop loop, FileDescriptor descriptor, Runnable whenClosed) {
    this.loop = loop;
    this.descriptor = descriptor;
    this.whenClosed = whenClosed;
  }

  /** Returns the event loop to which this is confined. */
  public IoEventLoop loop() {
    return loop;
  }

  /**
   * Sends events to {@code user} from now on, instead of the previous user.
   *
   * @return true if the stream was already in epoll: earlier events may have gone to the previous
   *     user
   * @throws IOException if the stream can't be added to epoll
   */
  public boolean use(User user) throws IOException {
    assert loop.inEventLoop();
    this.user = user;
    if (registration != null) {
      return true;
    }
    var registered = loop.register(this); // done at once, because this is the event loop
    IoRegistration added = registered.getNow();
    if (added == null) {
      throw new IOException("not registered with the event loop", registered.cause());
    }
    registration = added;
    submit(added);
    return false;
  }

  /** Requests a call of {@link User#ready} when there is room to write again. */
  public void awaitWritable() throws IOException {
    if (!tellsWrites) {
      tellsWrites = true;
      submitAgain(); // it may have become writable in the meantime
    }
  }

  /** Stops reporting received bytes, which nobody reads for now; still reports the peer's end. */
  public void pauseReads() throws IOException {
    if (tellsReads) {
      tellsReads = false;
      submitAgain();
    }
  }

  /** Reports received bytes again, and at once those that arrived during {@link #pauseReads}. */
  public void resumeReads() throws IOException {
    if (!tellsReads) {
      tellsReads = true;
      submitAgain();
    }
  }

  /**
   * Requests another call of {@link User#ready} if the stream is ready, after other streams' turns.
   */
  public void yieldTurn() throws IOException {
    tellsReads = true;
    submitAgain();
  }

  private void submitAgain() throws IOException {
    if (registration != null) {
      submit(registration);
    }
  }

  private void submit(IoRegistration to) throws IOException {
    try {
      to.submit(ops());
    } catch (UncheckedIOException e) { // wrapped by Netty
      throw new IOException("not put into epoll", e);
    }
  }

  private EpollIoOps ops() {
    return tellsReads ? (tellsWrites ? READS_AND_WRITES : READS) : (tellsWrites ? WRITES : ALWAYS);
  }

  /**
   * Reads up to {@code length} available bytes.
   *
   * @return the number of bytes; 0 if there are none yet; -1 after the peer's FIN
   */
  public int read(long address, int length) throws IOException {
    return descriptor.readAddress(address, 0, length);
  }

  /** Writes up to {@code length} bytes; returns the number written, 0 if there is no room. */
  public int write(long address, int length) throws IOException {
    return descriptor.writeAddress(address, 0, length);
  }

  public int number() {
    return descriptor.intValue();
  }

  /** Throws the connection's failure, if it has failed. */
  public void throwFailure() throws IOException {
    socket().finishConnect();
  }

  /** Sends a FIN; nothing can be written afterwards. Does nothing if the peer is gone. */
  public void shutdownOutput() {
    try {
      socket().shutdown(false, true);
    } catch (IOException | NotYetConnectedException e) {
      // It was reset in the meantime: the next read reports it.
    }
  }

  private Socket socket() {
    return descriptor instanceof Socket socket ? socket : new Socket(descriptor.intValue());
  }

  /** Ends the connection with a RST: the peer must not take what it has received for complete. */
  public void reset() {
    if (descriptor.isOpen()) {
      try {
        socket().setSoLinger(0);
      } catch (IOException e) {
        // Then the close is an ordinary one.
      }
      close();
    }
  }

  /**
   * Closes the descriptor: what was written is still sent, followed by a FIN; or a RST at once if
   * received bytes have not been read. Idempotent.
   */
  @Override
  public void close() {
    if (!descriptor.isOpen()) {
      return;
    }
    try {
      descriptor.close();
    } catch (IOException e) {
      // The descriptor is closed in any case.
    }
    if (registration != null) {
      // After the close, which has removed it from epoll.
      registration.cancel();
    }
    whenClosed.run();
    if (user != null) {
      user.closed(this);
    }
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration ready, IoEvent event) {
    int events = ((EpollIoEvent) event).ops().value();
    if (user != null) {
      user.ready(
          this,
          (events & READABLE) != 0,
          (events & HUNG_UP) != 0,
          (events & WRITABLE) != 0,
          (events & FAILED) != 0);
    }
  }
}
