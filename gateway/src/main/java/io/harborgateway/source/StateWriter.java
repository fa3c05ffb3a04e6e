package io.harborgateway.source;

import io.harborgateway.pace.KnownProblems;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the state of a bucket on a dedicated thread, at most once a second and only the latest: a
 * disk that hangs or is full blocks nobody.
 */
final class StateWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);
  private static final Duration PACE = Duration.ofSeconds(1);

  private final BucketState state;
  private final AtomicReference<KeptBucket> next = new AtomicReference<>();
  private final KnownProblems known = new KnownProblems();
  private final Thread thread;
  private KeptBucket written = KeptBucket.NONE;
  private volatile boolean closing;
  private volatile @Nullable String error;

  StateWriter(BucketState state) {
    this.state = state;
    // Not virtual: a write would pin a carrier thread that others wait for.
    this.thread = Thread.ofPlatform().daemon().name("bucket-state").start(this::run);
  }

  /** Schedules the state to be written soon. */
  void write(KeptBucket kept) {
    next.set(kept);
    LockSupport.unpark(thread);
  }

  /** Returns why the last one was not written, or null. For any thread. */
  @Nullable String error() {
    return error;
  }

  /** Writes a pending state, within 3 s. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing || next.get() != null) {
      KeptBucket kept = next.getAndSet(null);
      if (kept == null) {
        LockSupport.park(this);
      } else if (!kept.equals(written) || !state.isThere()) {
        writeNow(kept);
        pause();
      }
    }
    try {
      state.close();
    } catch (IOException e) {
      LOG.debug("the state's lock could not be closed", e);
    }
  }

  /** Whatever is to be written meanwhile. */
  private void pause() {
    long end = System.nanoTime() + PACE.toNanos();
    for (long left = PACE.toNanos(); left > 0 && !closing; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  private void writeNow(KeptBucket kept) {
    try {
      state.write(kept);
      written = kept;
      error = null;
      if (known.worked()) {
        LOG.info("the state of the bucket is written again");
      }
    } catch (IOException | RuntimeException e) {
      String text = String.valueOf(e);
      error = text;
      if (known.isNew(text)) {
        LOG.error("the state of the bucket can't be written; the one before stays", e);
      }
      if (!closing) {
        next.compareAndSet(null, kept); // retried
      }
    }
  }
}
