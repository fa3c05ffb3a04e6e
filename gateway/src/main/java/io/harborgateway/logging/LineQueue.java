package io.harborgateway.logging;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of a log on their way to an output that may be slow, full or stuck. {@link #offer}
 * never waits: lines that do not fit are dropped and counted. A dedicated daemon thread formats and
 * writes, several lines at a time.
 *
 * <p>The number of dropped lines is logged once the log flows again; a write failure is logged when
 * it begins and when it is over. Nothing thrown by formatting or writing ends the thread.
 */
final class LineQueue<T> {
  /** Formats and writes. Used by the queue's thread alone. */
  interface Output<T> {
    /** Appends the line with its line break. If this throws, only this line is lost. */
    void format(T line, LineBuffer into);

    /**
     * Writes; may block. Called without lines for housekeeping, such as noticing that a file was
     * moved.
     */
    void write(LineBuffer lines) throws IOException;
  }

  /** In bytes of text: clients can make lines arbitrarily long, and they wait on the heap. */
  static final long MAX_WAITING_BYTES = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(LineQueue.class);
  private static final int MAX_WRITE_BYTES = 64 * 1024;
  private static final long REPORT_PACE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Wakes the thread; never written. */
  private static final Object WAKE = new Object();

  private final String name;
  private final BlockingQueue<Object> queue;
  private final ToIntFunction<T> bytes;
  private final Output<T> output;
  private final Thread writer;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final LongAdder overflowed = new LongAdder();
  private final LongAdder unwritten = new LongAdder();
  private volatile boolean closing;

  // Confined to the thread.
  private final LineBuffer buffer = new LineBuffer();
  private int buffered;
  private long overflowedReported;
  private long reportedAt = System.nanoTime() - REPORT_PACE_NANOS;
  private long unwrittenBefore;
  private boolean failing;

  /**
   * Creates the queue and starts its thread.
   *
   * @param name name of the log, for messages about it
   * @param capacity in lines; there is also a bound in bytes, {@link #MAX_WAITING_BYTES}
   * @param bytes approximate heap usage of a waiting line
   */
  LineQueue(String name, int capacity, ToIntFunction<T> bytes, Output<T> output) {
    this.name = name;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.bytes = bytes;
    this.output = output;
    this.writer = Thread.ofPlatform().name(name).daemon().start(this::work);
  }

  /** Accepts the line, or drops it if too many are waiting or the log is closed. For any thread. */
  void offer(T line) {
    int size = bytes.applyAsInt(line);
    if (closing || waitingBytes.get() + size > MAX_WAITING_BYTES || !queue.offer(line)) {
      overflowed.increment();
    } else {
      waitingBytes.addAndGet(size);
    }
  }

  /** Returns the number of lines not written because too many were waiting or the output failed. */
  long dropped() {
    return overflowed.sum() + unwritten.sum();
  }

  /** Returns the number of waiting lines. */
  int waiting() {
    return queue.size();
  }

  /** Triggers the output's housekeeping. For any thread. */
  void wake() {
    queue.offer(WAKE); // while it is full, its thread is awake anyway
  }

  /**
   * Writes the waiting lines and ends the thread.
   *
   * @param limit time after which a stuck output is abandoned
   * @return whether everything was written
   */
  boolean close(Duration limit) {
    closing = true;
    wake();
    try {
      return writer.join(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void work() {
    while (!closing || !queue.isEmpty()) {
      try {
        fill();
        output.write(buffer);
        worked();
      } catch (IOException | RuntimeException | Error e) {
        unwritten.add(buffered);
        failed(e);
      } catch (InterruptedException e) {
        LOG.debug("{}: interrupted by nobody of this program", name, e);
      }
      buffered = 0;
      buffer.reset();
    }
  }

  /** Waits for a line, and takes those queued behind it, too. */
  private void fill() throws InterruptedException {
    @Nullable Object next =
        overflowedReported == overflowed.sum() ? queue.take() : queue.poll(1, TimeUnit.SECONDS);
    while (next != null) {
      format(next);
      next = buffer.size() < MAX_WRITE_BYTES ? queue.poll() : null;
    }
  }

  @SuppressWarnings("unchecked") // offer() accepts nothing else
  private void format(Object next) {
    if (next == WAKE) {
      return;
    }
    T line = (T) next;
    waitingBytes.addAndGet(-bytes.applyAsInt(line));
    int before = buffer.size();
    try {
      output.format(line, buffer);
      buffered++;
    } catch (RuntimeException e) {
      buffer.truncate(before);
      unwritten.increment();
      LOG.error("{}: a line can't be formatted", name, e);
    }
  }

  private void failed(Throwable why) {
    if (!failing) {
      failing = true;
      unwrittenBefore = unwritten.sum() - buffered;
      LOG.error(
          "{}: lines are lost, and counted, until it can be written: {}", name, why.toString());
    }
  }

  private void worked() {
    if (failing && buffered > 0) {
      failing = false;
      LOG.warn("{}: written again; {} lines were lost", name, unwritten.sum() - unwrittenBefore);
    }
    long dropped = overflowed.sum() - overflowedReported;
    long now = System.nanoTime();
    boolean flows = queue.size() <= queue.remainingCapacity();
    if (dropped > 0 && flows && now - reportedAt >= REPORT_PACE_NANOS) {
      reportedAt = now;
      overflowedReported += dropped;
      LOG.warn("{}: flows again; {} lines were dropped, because too many waited", name, dropped);
    }
  }
}
