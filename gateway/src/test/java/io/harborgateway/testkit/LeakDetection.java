package io.harborgateway.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which Netty's detector has found a leaked resource, such as a buffer
 * that was not released. JUnit registers it for all classes by itself (META-INF/services and
 * junit-platform.properties); nothing has to be written on a test.
 *
 * <p>A leak is found when the object is collected, which the extension forces after each class. One
 * that is still reachable then, say from a connection that was left open, is found after a later
 * class: the report's traces say whose it is.
 */
public final class LeakDetection implements AfterAllCallback {
  private static final LeakRecorder RECORDER = install();

  /** Confined to JUnit's thread: classes run one after the other. */
  private static long trackedBefore;

  private static LeakRecorder install() {
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID); // say, in an IDE
    }
    // Before Netty's classes make their detectors, which they do once, when they are initialized.
    var recorder = new LeakRecorder();
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(recorder);
    return recorder;
  }

  /** The leaks since the last look, found now. They do not fail the class any more. */
  static List<String> drain() {
    return RECORDER.drain();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    long tracked = RECORDER.tracked();
    if (tracked == trackedBefore) {
      return; // no collections for classes that used no Netty
    }
    trackedBefore = tracked;
    List<String> leaks = RECORDER.drain();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          "leaks after "
              + context.getDisplayName()
              + ": "
              + leaks.size()
              + " (expected: none)\n"
              + String.join("\n", leaks));
    }
  }
}
