package io.harborgateway.http;

import io.harborgateway.transport.MemoryBudget.Level;
import io.harborgateway.transport.MemoryRelief;
import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What an event loop asks for its connections of HTTP while memory is scarce: large heads wait, and
 * when it is exhausted exchanges are refused. {@link MemoryRelief} ends those that hold the most.
 *
 * <p>Confined to its event loop.
 */
final class MemoryGuard {
  /** Bytes of a head that are always received. The heads of nearly all requests are smaller. */
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

  /** Tells whether memory is exhausted: a new exchange is to be refused. */
  boolean isExhausted() {
    return relief.level() == Level.EXHAUSTED;
  }

  /** Tells whether more may be read for what waits in {@code sink}; see the budget. */
  boolean takesMore(Channel sink) {
    return relief.takesMore(sink);
  }

  /** Tells whether a head is large, and has to wait; {@link Http1Front#resumeHead} ends that. */
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
