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
 * without a Netty channel, whose pipeline and buffers it has no use for.
 *
 * <p>It is in epoll edge-triggered, once and for its whole life; whether it is writable is told
 * only from the first time on that it was not, which most never are. An event says that there may
 * be something to do, and comes again only after a read or write found nothing more to do. An event
 * may be a false one, left over from a descriptor of the same number; so what is true is told by
 * the calls, not by the event.
 *
 * <p>Confined to its event loop. Whoever has the stream owns its descriptor and must {@link #close}
 * or {@link #reset} it.
 */
public final class TcpStream implements EpollIoHandle {
  /** Who reads and writes the stream. */
  public interface User {
    /**
     * Something may have changed; see {@link TcpStream} for false events.
     *
     * @param readable bytes, a FIN or a failure may wait
     * @param hungUp the peer's FIN or RST may have come
     * @param writable there may be room to write
     * @param failed the connection may have failed; {@link TcpStream#throwFailure} knows
     */
    void ready(
        TcpStream stream, boolean readable, boolean hungUp, boolean writable, boolean failed);

    /** The stream was closed: by its user, or because the event loop ends. */
    void closed(TcpStream stream);
  }

  private static final EpollIoOps ALWAYS = EpollIoOps.EPOLLRDHUP.with(EpollIoOps.EPOLLET);
  private static final EpollIoOps READS = ALWAYS.with(EpollIoOps.EPOLLIN);
  private static final EpollIoOps WRITES = ALWAYS.with(EpollIoOps.EPOLLOUT);
  private static final EpollIoOps READS_AND_WRITES = READS.with(EpollIoOps.EPOLLOUT);

  private static final int EPOLLHUP = 0x10; // Linux's, which Netty has no name for
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
   * Takes a connected descriptor over.
   *
   * @param descriptor non-blocking, of a TCP socket
   * @param whenClosed runs once, when the descriptor was closed
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
   * Tells {@code user} of events from now on, in place of who was told before.
   *
   * @return true when the stream was in epoll before: events may have been told already
   * @throws IOException when the stream can't be put into epoll
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

  /** Has {@link User#ready} called when there is room to write, of which there was none. */
  public void awaitWritable() throws IOException {
    if (!tellsWrites) {
      tellsWrites = true;
      submitAgain(); // it may have become writable since
    }
  }

  /** Tells no more of bytes that come, which nobody reads for now; still of the peer's end. */
  public void pauseReads() throws IOException {
    if (tellsReads) {
      tellsReads = false;
      submitAgain();
    }
  }

  /** Tells of bytes again, and at once of those that came during {@link #pauseReads}. */
  public void resumeReads() throws IOException {
    if (!tellsReads) {
      tellsReads = true;
      submitAgain();
    }
  }

  /** Has {@link User#ready} called again if the stream is ready, after the other streams' turn. */
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
    } catch (UncheckedIOException e) { // as Netty wraps it
      throw new IOException("not put into epoll", e);
    }
  }

  private EpollIoOps ops() {
    return tellsReads ? (tellsWrites ? READS_AND_WRITES : READS) : (tellsWrites ? WRITES : ALWAYS);
  }

  /**
   * Reads what has come, up to {@code length} bytes.
   *
   * @return the number of bytes; 0 when there are none yet; -1 after the peer's FIN
   */
  public int read(long address, int length) throws IOException {
    return descriptor.readAddress(address, 0, length);
  }

  /** Writes up to {@code length} bytes; returns how many, 0 when there is no room. */
  public int write(long address, int length) throws IOException {
    return descriptor.writeAddress(address, 0, length);
  }

  public int number() {
    return descriptor.intValue();
  }

  /** Throws what the connection failed by, if it has. */
  public void throwFailure() throws IOException {
    socket().finishConnect();
  }

  /** Sends a FIN; nothing can be written afterwards. A peer that is gone needs none. */
  public void shutdownOutput() {
    try {
      socket().shutdown(false, true);
    } catch (IOException | NotYetConnectedException e) {
      // It was reset in the meantime: the next read tells.
    }
  }

  private Socket socket() {
    return descriptor instanceof Socket socket ? socket : new Socket(descriptor.intValue());
  }

  /** Ends the connection with a RST: the peer must not take what it has got for complete. */
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
   * Closes the descriptor: what was written is still sent, and then a FIN; or a RST at once, when
   * received bytes were not read. Closing twice is allowed.
   */
  @Override
  public void close() {
    if (!descriptor.isOpen()) {
      return;
    }
    try {
      descriptor.close();
    } catch (IOException e) {
      // The descriptor is gone in any case.
    }
    if (registration != null) {
      // After the close, which has taken it out of epoll.
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
