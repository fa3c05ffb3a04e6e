package io.harborgateway.http;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Ends request bodies that trickle: for {@link #WINDOWS} windows in a row, fewer bytes arrived than
 * the least rate requires, although the upstream accepted them. One tick per event loop checks its
 * connections, and only while there is a body to check: receiving costs nothing.
 *
 * <p>Applies to request bodies only. How fast a client reads can't be observed: the kernel accepts
 * a megabyte or more at once, and signals writability only when a third of it is free.
 *
 * <p>Confined to its event loop.
 */
final class LeastRate {
  static final int WINDOW_SECONDS = 30;
  static final int WINDOWS = 2;

  private final EventLoop loop;
  private final Set<Http1Front> fronts;
  private boolean watching;

  /**
   * @param fronts live set of the event loop's front connections
   */
  LeastRate(EventLoop loop, Set<Http1Front> fronts) {
    this.loop = loop;
    this.fronts = fronts;
  }

  /** A body begins that must arrive at its connection's least rate. */
  void watch() {
    if (!watching) {
      watching = true;
      loop.schedule(this::look, WINDOW_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void look() {
    watching = false;
    boolean more = false;
    for (Http1Front front : List.copyOf(fronts)) {
      more |= front.checkRate();
    }
    if (more) {
      watch();
    }
  }
}
