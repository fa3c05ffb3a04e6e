package io.harborgateway.upstream;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to one upstream on one event loop, to which the pool is confined. Last in,
 * first out, so that surplus connections age and are closed.
 *
 * @param <C> type of connection, which watches itself while idle and {@linkplain #remove removes}
 *     itself when the upstream closes it or its idle time ends
 */
public final class Pool<C> {
  private final EventLoop loop;
  private final ArrayDeque<C> idle = new ArrayDeque<>();
  private int maxIdle;
  private final Runnable lost;
  private int answers;
  private volatile int size; // written only by the event loop, read by the metrics

  /**
   * Creates an empty pool.
   *
   * @param loop event loop to which it is confined
   * @param maxIdle most connections kept, 0 or more
   * @param lost called when the upstream ends a connection of its own accord; on the event loop
   */
  public Pool(EventLoop loop, int maxIdle, Runnable lost) {
    this.loop = loop;
    this.maxIdle = maxIdle;
    this.lost = lost;
  }

  /** Returns an idle connection, which the caller then owns, or null. */
  public @Nullable C take() {
    assert loop.inEventLoop();
    C connection = idle.pollFirst();
    size = idle.size();
    return connection;
  }

  /**
   * Adds {@code connection}; returns false if the pool is full, in which case the caller closes it.
   */
  public boolean offer(C connection) {
    assert loop.inEventLoop();
    if (idle.size() >= maxIdle) {
      return false;
    }
    idle.addFirst(connection);
    size = idle.size();
    return true;
  }

  /** Stops keeping connections; returns the idle ones, which the caller closes. */
  public List<C> retire() {
    assert loop.inEventLoop();
    maxIdle = 0;
    List<C> retired = List.copyOf(idle);
    idle.clear();
    size = 0;
    return retired;
  }

  /** Removes and returns the idle connections that match, which the caller closes. */
  public List<C> takeAll(Predicate<C> useless) {
    assert loop.inEventLoop();
    List<C> taken = idle.stream().filter(useless).toList();
    idle.removeAll(taken);
    size = idle.size();
    return taken;
  }

  public void remove(C connection) {
    assert loop.inEventLoop();
    idle.remove(connection);
    size = idle.size();
  }

  /**
   * The upstream has answered on one of this pool's connections, possibly with an interim response.
   */
  public void answered() {
    assert loop.inEventLoop();
    answers++;
  }

  /** Returns how often the upstream has answered; only changes of the value are meaningful. */
  public int answers() {
    return answers;
  }

  /** The upstream has closed a connection, idle or not, that was expected to persist. */
  public void lost() {
    lost.run();
  }

  /** Number of idle connections, for any thread. */
  public int size() {
    return size;
  }
}
