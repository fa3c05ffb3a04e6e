package io.harborgateway.upstream;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to one upstream of one event loop, to which it is confined. The connection
 * used last is taken first, so that those beyond the need grow old and are closed.
 *
 * @param <C> a connection, which watches itself while idle and {@linkplain #remove removes} itself
 *     when the upstream closes it or its idle time ends
 */
public final class Pool<C> {
  private final EventLoop loop;
  private final ArrayDeque<C> idle = new ArrayDeque<>();
  private int maxIdle;
  private final Runnable lost;
  private int answers;
  private volatile int size; // written by the event loop only, read by the metrics

  /**
   * Makes an empty pool.
   *
   * @param loop to which it is confined
   * @param maxIdle number of connections kept, 0 or more
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

  /** Keeps {@code connection}; returns false when the pool is full, and the caller closes it. */
  public boolean offer(C connection) {
    assert loop.inEventLoop();
    if (idle.size() >= maxIdle) {
      return false;
    }
    idle.addFirst(connection);
    size = idle.size();
    return true;
  }

  /** Keeps nothing from now on; returns what was idle, for the caller to close. */
  public List<C> retire() {
    assert loop.inEventLoop();
    maxIdle = 0;
    List<C> retired = List.copyOf(idle);
    idle.clear();
    size = 0;
    return retired;
  }

  /** Gives back those idle connections that are of no use any more, for the caller to close. */
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

  /** The upstream has answered on a connection of this pool's, or said that it works on it. */
  public void answered() {
    assert loop.inEventLoop();
    answers++;
  }

  /** Returns how often the upstream has answered; only whether it changes is of meaning. */
  public int answers() {
    return answers;
  }

  /** The upstream has ended a connection, idle or not, that was expected to stay. */
  public void lost() {
    lost.run();
  }

  /** Number of idle connections, for any thread. */
  public int size() {
    return size;
  }
}
