package io.harborgateway.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that an upstream answers, again and again: looks its host up, connects, and does the TLS
 * handshake if it speaks TLS. One success makes it up; several failures in a row make it down.
 *
 * <p>Started and stopped by any thread; the listener is told on the checking thread.
 */
public final class HealthCheck implements AutoCloseable {
  /** Told of each change, and once after the first check. */
  public interface Listener {
    /**
     * The upstream went up or down.
     *
     * @param reason why it is down, or empty
     */
    void changed(Upstream upstream, boolean up, String reason);
  }

  private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

  /** One lost connection does not withdraw a node; two in a row do. */
  private static final int FALL = 2;

  private final Upstream upstream;
  private final Connector connector;
  private final EventLoop loop;
  private final ScheduledExecutorService scheduler;
  private final Duration interval;
  private final Listener listener;
  private int failures;
  private final CompletableFuture<Boolean> firstResult = new CompletableFuture<>();
  private volatile boolean up;
  private volatile boolean closed;

  /**
   * Makes a check, not started.
   *
   * @param loop on which the checks dial
   * @param scheduler a single thread that may block
   * @param interval between the end of a check and the next
   */
  public HealthCheck(
      Upstream upstream,
      Connector connector,
      EventLoop loop,
      ScheduledExecutorService scheduler,
      Duration interval,
      Listener listener) {
    this.upstream = upstream;
    this.connector = connector;
    this.loop = loop;
    this.scheduler = scheduler;
    this.interval = interval;
    this.listener = listener;
  }

  public void start() {
    scheduler.execute(this::check);
  }

  public boolean isUp() {
    return up;
  }

  /** Completes with the result of the first check, after the listener was told. */
  public CompletableFuture<Boolean> firstResult() {
    return firstResult;
  }

  private void check() {
    if (closed) {
      return;
    }
    try {
      upstream.resolve();
    } catch (UnknownHostException e) {
      LOG.debug("upstream {}: host name not resolved", upstream, e);
    }
    loop.execute(() ->
        connector.dial(
            loop,
            upstream,
            false,
            new Connector.Listener() {
              @Override
              public void dialled(Channel channel) {
                channel.close();
                done(true, "");
              }

              @Override
              public void dialFailed(DialFailure failure, Throwable cause) {
                // Out of descriptors is this process's own failure, and says nothing of a peer.
                done(failure == DialFailure.RESOURCES && up, String.valueOf(cause.getMessage()));
              }
            }));
  }

  private void done(boolean answered, String reason) {
    if (!closed) {
      scheduler.execute(() -> record(answered, reason));
      scheduler.schedule(this::check, interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void record(boolean answered, String reason) {
    if (closed) { // since the result was queued
      return;
    }
    failures = answered ? 0 : failures + 1;
    boolean now = answered || (up && failures < FALL);
    boolean isFirst = !firstResult.isDone();
    if (now != up || isFirst) {
      up = now;
      listener.changed(upstream, now, reason);
    }
    firstResult.complete(now);
  }

  /** Ends the checks; a running one is not waited for, and its result not told. */
  @Override
  public void close() {
    closed = true;
  }
}
