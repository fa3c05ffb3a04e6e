package io.harborgateway.http;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Ends request bodies that trickle: in {@link #WINDOWS} windows in a row fewer bytes came than the
 * least rate gives, although the upstream took them. One tick for each event loop looks at its
 * connections, and only while there is a body to look at: receiving costs nothing.
 *
 * <p>It is for request bodies only. How fast a client reads can't be seen from here: the kernel
 * takes a megabyte or more at once, and tells of room when a third of it is free.
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
   * @param fronts of the event loop, as they come and go
   */
  LeastRate(EventLoop loop, Set<Http1Front> fronts) {
    this.loop = loop;
    this.fronts = fronts;
  }

  /** A body begins that is to come at a least rate, which its connection knows. */
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
