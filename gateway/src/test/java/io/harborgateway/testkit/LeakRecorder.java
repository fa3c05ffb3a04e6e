package io.harborgateway.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** Makes Netty's leak detectors, and keeps what they report instead of only logging it. */
final class LeakRecorder extends ResourceLeakDetectorFactory {
  /** An object may survive the first collection, for example in a queue of another thread. */
  private static final int COLLECTIONS = 2;

  private final List<Detector<?>> detectors = new CopyOnWriteArrayList<>();
  private final Queue<String> reports = new ConcurrentLinkedQueue<>();
  private final LongAdder tracked = new LongAdder();

  @Override
  @SuppressWarnings("deprecation") // the factory's only abstract method: all others lead to it
  public <T> ResourceLeakDetector<T> newResourceLeakDetector(
      Class<T> resource, int samplingInterval, long maxActive) {
    var detector = new Detector<T>(resource, samplingInterval);
    detectors.add(detector);
    return detector;
  }

  /** How many resources were tracked so far, leaked or not. */
  long tracked() {
    return tracked.sum();
  }

  /**
   * Has the collector find what is unreachable, and returns the leaks that were reported since the
   * last call: each with the places where it was touched.
   */
  List<String> drain() {
    for (int i = 0; i < COLLECTIONS; i++) {
      collectGarbage();
      detectors.forEach(Detector::report);
    }
    List<String> drained = new ArrayList<>();
    for (String report = reports.poll(); report != null; report = reports.poll()) {
      drained.add(report);
    }
    return drained;
  }

  /** Returns when a collection has run and its references were handed to their queues. */
  private static void collectGarbage() {
    var queue = new ReferenceQueue<Object>();
    var sentinel = new WeakReference<>(new Object(), queue);
    System.gc();
    try {
      if (queue.remove(Duration.ofSeconds(5).toMillis()) == null) {
        throw new AssertionError("no garbage collection within 5 s: is System.gc() switched off?");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      Reference.reachabilityFence(sentinel); // a reference that is garbage itself is not queued
    }
  }

  private final class Detector<T> extends ResourceLeakDetector<T> {
    private final Class<T> resource;

    private Detector(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
      this.resource = resource;
    }

    /** Has the detector look at its queue, which it does only when it tracks something. */
    @SuppressWarnings("unchecked") // it keeps no reference to what it tracks, and never casts it
    private void report() {
      Object probe = new Object();
      ResourceLeakTracker<Object> tracker =
          ((ResourceLeakDetector<Object>) this).trackForcibly(probe);
      tracker.close(probe);
    }

    @Override
    public ResourceLeakTracker<T> track(T object) {
      tracked.increment();
      return super.track(object);
    }

    /** Whatever the log level is. */
    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      reports.add("leaked: " + resource.getName() + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      reports.add("leaked: " + resource.getName());
    }
  }
}
