package io.harborgateway.http;

import io.harborgateway.transport.MemoryBudget.Level;
import io.harborgateway.transport.MemoryRelief;
import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Restrains an event loop's HTTP connections while memory is scarce: large heads wait, and when
 * memory is exhausted, new exchanges are refused. {@link MemoryRelief} ends those that hold the
 * most.
 *
 * <p>Confined to its event loop.
 */
final class MemoryGuard {
  /** Bytes of a head that are always received. Nearly all heads are smaller. */
  static final int MODEST_HEAD = 8 << 10;

  private final MemoryRelief relief;
  private final Set<Http1Front> waiting = new LinkedHashSet<>();
  private final Runnable resume = this::resume;

  MemoryGuard(MemoryRelief relief) {
    this.relief = relief;
  }

  MemoryRelief relief() {
    return relief;
  }

  /** Returns whether memory is exhausted, so that a new exchange must be refused. */
  boolean isExhausted() {
    return relief.level() == Level.EXHAUSTED;
  }

  /** Returns whether more may be read, given what waits in {@code sink}; see the memory budget. */
  boolean takesMore(Channel sink) {
    return relief.takesMore(sink);
  }

  /** Returns whether a head is large and has to wait until {@link Http1Front#resumeHead}. */
  boolean holdsBack(Http1Front front, int headBytes) {
    if (headBytes < MODEST_HEAD || !relief.level().isScarce()) {
      return false;
    }
    waiting.add(front);
    relief.onRelief(resume);
    return true;
  }

  void added(Http1Front front) {
    relief.add(front);
  }

  void removed(Http1Front front) {
    waiting.remove(front);
    relief.remove(front);
  }

  private void resume() {
    List<Http1Front> resumed = List.copyOf(waiting);
    waiting.clear();
    resumed.forEach(Http1Front::resumeHead);
  }
}
