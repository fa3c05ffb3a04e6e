package io.harborgateway.control;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.snapshot.Snapshot;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Problems of sources whose last good version is in force. Each problem is logged when it appears;
 * of many at once, only some. Confined to one thread, except for {@link #texts}.
 */
final class SourceProblems {
  private static final Logger LOG = LoggerFactory.getLogger(SourceProblems.class);

  /** Most problems shown: everything in a bucket may be bad at once. */
  private static final int SHOWN = 50;

  private static final Duration RECENT = Duration.ofMinutes(1);

  private volatile List<String> texts = List.of();
  private long newestNanos;

  /** Records what has just been read. */
  void see(Snapshot read) {
    List<String> now = read.sources().problems().stream().map(Problem::toString).toList();
    Set<String> before = new HashSet<>(texts);
    List<String> fresh = now.stream().filter(text -> !before.contains(text)).toList();
    fresh.stream().limit(SHOWN).forEach(text -> LOG.error("not taken: {}", text));
    if (fresh.size() > SHOWN) {
      LOG.error("not taken: and more, {} in all", fresh.size());
    }
    if (now.isEmpty() && !before.isEmpty()) {
      LOG.info("all that instances' sources say is taken again");
    }
    texts = now;
    newestNanos = fresh.isEmpty() ? newestNanos : System.nanoTime();
  }

  /**
   * Whether a few problems are so recent that the missing certificate or CA may be about to arrive.
   */
  boolean isRecent() {
    return !texts.isEmpty()
        && texts.size() <= SHOWN
        && System.nanoTime() - newestNanos < RECENT.toNanos();
  }

  /** The number of problems. For any thread. */
  int count() {
    return texts.size();
  }

  /** Returns the first problems. For any thread. */
  List<String> texts() {
    return texts.stream().limit(SHOWN).collect(Collectors.toUnmodifiableList());
  }
}
