package io.harborgateway.relay;

import io.harborgateway.transport.Closing;
import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.transport.MemoryHolder;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.WriteProgress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Relays bytes between two connections: a forwarded TCP connection, or a tunnel after an {@code
 * Upgrade}.
 *
 * <p>Half-close is preserved: the FIN of one side, after its bytes, becomes a FIN to the other,
 * while the opposite direction goes on. A RST is passed on as a RST, and so is the FIN of a TLS
 * upstream without a preceding close_notify: its data may be truncated. Many clients close without
 * one, so their FIN is accepted as an orderly end. What the upstream sent before its RST, such as a
 * response that rejects an upload, is delivered first. The connections are closed when both
 * directions have ended, or when no byte has moved for the inactivity limit: with a RST if bytes
 * are in flight.
 *
 * <p>Both channels must be on the same event loop, to which this is confined, with auto-read off.
 */
public final class Relay implements MemoryHolder {
  /** Notified once, when both connections are being closed. */
  public interface Observer {
    /**
     * The relay is over.
     *
     * @param receivedBytes relayed from the front to the upstream connection
     * @param sentBytes relayed from the upstream to the front connection
     * @param why null if both sides ended in order, otherwise a short cause
     */
    void ended(long receivedBytes, long sentBytes, @Nullable String why);
  }

  private final Channel front;
  private final Channel upstream;
  private final Duration inactivity;
  private final Deadline deadline;
  private final MemoryRelief relief;
  private final Observer observer;
  private final WriteProgress progress = new WriteProgress();
  private long receivedBytes;
  private long sentBytes;
  private @Nullable String upstreamFailure;
  private int directionsEnded;
  private boolean ended;

  /**
   * Creates a relay between two connections, not started yet.
   *
   * @param inactivity limit of the time without a byte in either direction
   * @param deadlines deadlines of the channels' event loop
   * @param relief memory relief of the same event loop
   */
  public Relay(
      Channel front,
      Channel upstream,
      Duration inactivity,
      Deadlines deadlines,
      MemoryRelief relief,
      Observer observer) {
    this.front = front;
    this.upstream = upstream;
    this.inactivity = inactivity;
    this.relief = relief;
    this.observer = observer;
    this.deadline = deadlines.add(this::expired);
  }

  /** Adds the handlers at the end of both pipelines and begins to read from both sides. */
  public void start() {
    start(null, null);
  }

  /**
   * Starts with bytes received earlier, which are relayed and counted like any others.
   *
   * @param fromFront bytes from the front, of which this takes ownership, or null
   * @param fromUpstream likewise, from the upstream
   */
  public void start(@Nullable ByteBuf fromFront, @Nullable ByteBuf fromUpstream) {
    assert front.eventLoop().inEventLoop() && upstream.eventLoop().inEventLoop();
    deadline.after(inactivity);
    relief.add(this);
    front.pipeline().addLast(RelayHandler.NAME, new RelayHandler(this, upstream));
    upstream.pipeline().addLast(RelayHandler.NAME, new RelayHandler(this, front));
    pass(fromUpstream, front);
    pass(fromFront, upstream);
    if (!front.isActive()) {
      closed(upstream);
    } else if (!upstream.isActive()) {
      closed(front);
    } else {
      readFor(upstream, front);
      readFor(front, upstream);
    }
  }

  private void pass(@Nullable ByteBuf early, Channel to) {
    if (early != null) {
      moved(to, early.readableBytes());
      to.writeAndFlush(early, to.voidPromise());
    }
  }

  /**
   * Reads from {@code source} if {@code writable} accepts bytes; otherwise its handler does so
   * later.
   */
  private static void readFor(Channel writable, Channel source) {
    if (writable.isWritable()) {
      source.read();
    }
  }

  /** Returns whether more may be read for {@code sink}, one of the two. */
  boolean takesMore(Channel sink) {
    return relief.takesMore(sink);
  }

  @Override
  public long heldBytes() {
    return MemoryBudget.waiting(front) + MemoryBudget.waiting(upstream);
  }

  @Override
  public long movedBytes() {
    return receivedBytes + sentBytes;
  }

  @Override
  public void endForMemory() {
    reset("memory for buffers is needed");
  }

  /** Counts bytes that are about to be written to {@code to}. */
  void moved(Channel to, int bytes) {
    if (to.equals(upstream)) {
      receivedBytes += bytes;
    } else {
      sentBytes += bytes;
    }
    progress.restart();
    deadline.after(inactivity);
  }

  /** The source of {@code to} has sent its FIN, or nothing more can be read from it. */
  void inputEnded(Channel to) {
    String cut = whyCut(to);
    if (cut != null) {
      resetAfterWhatCame(cut);
    } else if (upstreamFailure == null) {
      Closing.outputAfterWrites(to).addListener(this::directionEnded);
    }
  }

  private void directionEnded(Future<?> sent) {
    if (++directionsEnded == 2) {
      end(null);
    }
  }

  /** One side is closed entirely; what it sent before is still delivered to the other. */
  void closed(Channel to) {
    String cut = whyCut(to);
    if (cut != null) {
      resetAfterWhatCame(cut);
    } else if (!ended) {
      finish(null);
      Closing.afterWrites(to, inactivity);
    }
  }

  /** Returns why the data for {@code to} may be truncated, or null if it is complete. */
  private @Nullable String whyCut(Channel to) {
    if (!to.equals(front)) {
      return null;
    }
    if (upstreamFailure == null && !Closing.endedInOrder(upstream)) {
      return "the upstream's FIN without a close_notify";
    }
    return upstreamFailure;
  }

  private void resetAfterWhatCame(String why) {
    if (!ended) {
      finish(why);
      Closing.resetAfterWrites(front, inactivity);
      Closing.reset(upstream);
    }
  }

  /**
   * The source of {@code to} failed: its RST is passed on. The upstream's failure may be a failed
   * write, after which what it has sent must still be read. The end of that is signalled by {@link
   * #inputEnded} or {@link #closed}, as after a failed read.
   */
  void failed(Channel to, Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    if (to.equals(upstream)) {
      reset(why);
    } else if (isOfTransport(cause) && !((DuplexChannel) upstream).isInputShutdown()) {
      upstreamFailure = upstreamFailure == null ? why : upstreamFailure;
    } else {
      resetAfterWhatCame(why);
    }
  }

  private static boolean isOfTransport(Throwable cause) {
    return cause instanceof IOException && !(cause instanceof SSLException);
  }

  private void reset(String why) {
    if (!ended) {
      finish(why);
      Closing.reset(front);
      Closing.reset(upstream);
    }
  }

  private void expired() {
    if (progress.since(front, upstream)) {
      deadline.after(inactivity);
      return;
    }
    String why = "no byte for " + inactivity.toSeconds() + " s";
    if (heldBytes() > 0 || upstreamFailure != null) {
      reset(why); // a FIN would claim that everything has arrived
    } else {
      end(why);
    }
  }

  private void end(@Nullable String why) {
    if (!ended) {
      finish(why);
      front.close();
      upstream.close();
    }
  }

  private void finish(@Nullable String why) {
    ended = true;
    deadline.remove();
    relief.remove(this);
    observer.ended(receivedBytes, sentBytes, why);
  }
}
