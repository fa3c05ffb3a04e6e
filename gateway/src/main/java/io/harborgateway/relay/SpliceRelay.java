package io.harborgateway.relay;

import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.MemoryHolder;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.TcpStream;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Does what {@link Relay} does for two epoll streams: bulk data needs no buffer in this process,
 * and an idle connection has neither a buffer nor a pipe.
 *
 * <p>Half-close is preserved: the FIN of one side, after its bytes, becomes a FIN to the other,
 * while the opposite direction goes on. A RST or other failure of one side becomes a RST to the
 * other; what the upstream sent before its RST, such as a response that rejects an upload, is
 * delivered first. The connections are closed when both directions have ended, or when no byte has
 * moved for the inactivity limit: with a RST if bytes are in flight.
 *
 * <p>Owns both streams from its start. Confined to their event loop.
 */
public final class SpliceRelay implements TcpStream.User, MemoryHolder {
  private final TcpStream front;
  private final TcpStream upstream;
  private final SpliceFlow received;
  private final SpliceFlow sent;
  private final Duration inactivity;
  private final Deadline deadline;
  private final MemoryRelief relief;
  private final Relay.Observer observer;
  private @Nullable Exception upstreamFailure;
  private boolean receivedEnded;
  private boolean sentEnded;
  private boolean ended;
  private long movedBefore;

  /**
   * Creates a relay between two streams, not started yet.
   *
   * @param inactivity limit of the time without a byte in either direction
   * @param deadlines deadlines of the streams' event loop
   * @param buffers buffers of that event loop
   * @param relief memory relief of that event loop
   */
  public SpliceRelay(
      TcpStream front,
      TcpStream upstream,
      Duration inactivity,
      Deadlines deadlines,
      RelayBuffers buffers,
      MemoryRelief relief,
      Relay.Observer observer) {
    this.front = front;
    this.upstream = upstream;
    this.received = new SpliceFlow(front, upstream, buffers);
    this.sent = new SpliceFlow(upstream, front, buffers);
    this.inactivity = inactivity;
    this.relief = relief;
    this.observer = observer;
    this.deadline = deadlines.add(this::expired);
  }

  /** Begins to read from both sides. */
  public void start() {
    assert front.loop().equals(upstream.loop()) && front.loop().inEventLoop();
    deadline.after(inactivity);
    relief.add(this);
    try {
      begin(front);
      begin(upstream);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void begin(TcpStream stream) throws IOException {
    if (!ended && stream.use(this)) {
      ready(stream, true, true, true, true); // its events may have gone to another user
    }
  }

  @Override
  public void ready(
      TcpStream stream, boolean readable, boolean hungUp, boolean writable, boolean failed) {
    if (ended) {
      return;
    }
    boolean isFront = stream.equals(front);
    try {
      if (readable) {
        (isFront ? received : sent).sourceReady(hungUp);
        pump(isFront);
      }
      if (writable && !ended) {
        (isFront ? sent : received).sinkReady();
        pump(!isFront);
      }
      if (failed && !ended) {
        checkFailure(stream, isFront);
      }
    } catch (IOException | NotYetConnectedException e) {
      failed(e);
      return;
    }
    long moved = received.moved() + sent.moved();
    if (moved != movedBefore && !ended) {
      movedBefore = moved;
      deadline.after(inactivity);
    }
  }

  private void checkFailure(TcpStream stream, boolean isFront) throws IOException {
    try {
      stream.throwFailure();
    } catch (IOException e) {
      if (isFront) {
        throw e;
      }
      upstreamFailed(e);
    }
  }

  private void pump(boolean isReceived) throws IOException {
    if (isReceived) {
      pumpReceived();
    } else {
      pumpSent();
    }
  }

  private void pumpReceived() throws IOException {
    if (receivedEnded || upstreamFailure != null) {
      return;
    }
    try {
      if (received.pump()) {
        receivedEnded = true;
        directionEnded(upstream);
      }
    } catch (IOException e) {
      upstreamFailed(e); // or the front has: then it accepts nothing more
    }
  }

  private void pumpSent() throws IOException {
    if (!sentEnded && sent.pump()) {
      sentEnded = true;
      if (upstreamFailure == null) {
        directionEnded(front);
      }
    }
    if (upstreamFailure != null && (sentEnded || !sent.hasMore())) {
      failed(upstreamFailure);
    }
  }

  /**
   * Accepts no more for the upstream, and delivers what it has sent before the connections are
   * closed.
   */
  private void upstreamFailed(IOException cause) throws IOException {
    if (upstreamFailure == null) {
      upstreamFailure = cause;
      received.discard();
      front.pauseReads();
      sent.sourceReady(true);
      pumpSent();
    }
  }

  private void directionEnded(TcpStream sink) {
    if (receivedEnded && sentEnded) {
      end(null); // the close sends the FIN
    } else {
      sink.shutdownOutput();
    }
  }

  /** Excludes bytes in pipes, which are in kernel memory. */
  @Override
  public long heldBytes() {
    return received.heldBytes() + sent.heldBytes();
  }

  @Override
  public long movedBytes() {
    return received.moved() + sent.moved();
  }

  @Override
  public void endForMemory() {
    failed(new IOException("memory for buffers is needed"));
  }

  /** Number of bytes in flight, in both directions. */
  long waiting() {
    return received.waiting() + sent.waiting();
  }

  private void failed(Exception cause) {
    if (!ended) {
      finish(String.valueOf(cause.getMessage()));
      front.reset();
      upstream.reset();
    }
  }

  private void expired() {
    String why = "no byte for " + inactivity.toSeconds() + " s";
    if (waiting() > 0 || upstreamFailure != null) {
      failed(new IOException(why)); // a FIN would claim that everything has arrived
    } else {
      end(why);
    }
  }

  @Override
  public void closed(TcpStream stream) {
    end("the event loop ends");
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
    received.discard();
    sent.discard();
    observer.ended(received.bytes(), sent.bytes(), why);
  }
}
