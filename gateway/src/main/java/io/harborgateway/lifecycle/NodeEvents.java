package io.harborgateway.lifecycle;

import io.harborgateway.pace.PacedLine;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What has happened to this node: where it happens it is published, and what an operator sees of it
 * (log, metrics, admin endpoint) are views of the same events, which can't disagree.
 *
 * <p>Safe for use by any thread. Not for what happens with each connection or request.
 */
public final class NodeEvents {
  /** What {@code /events} shows at most. */
  public static final int CAPACITY = 256;

  private static final Logger LOG = LoggerFactory.getLogger(NodeEvents.class);

  /**
   * What is kept at one moment.
   *
   * @param recorded how many there were since the start
   * @param counts the same of each kind that there was
   * @param events those that are kept, the oldest first
   */
  public record Recent(
      long recorded, Map<NodeEventKind, Long> counts, List<RecordedEvent> events) {}

  private final InstantSource clock;
  private final List<Consumer<? super RecordedEvent>> subscribers = new CopyOnWriteArrayList<>();
  private final PacedLine subscriberFailed = new PacedLine(LOG, Level.ERROR);

  // Guarded by the lock, which is held for microseconds: no subscriber is called with it.
  private final Object lock = new Object();
  private final EventRing ring = new EventRing(CAPACITY);
  private final Map<NodeEventKind, Long> counts = new EnumMap<>(NodeEventKind.class);
  private long sequence;

  public NodeEvents() {
    this(InstantSource.system());
  }

  NodeEvents(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Says that it has happened. It is kept, and then told to each subscriber on this thread, before
   * this returns. Never throws, and waits for nobody but its subscribers, who wait for nobody.
   */
  public void publish(NodeEvent event) {
    RecordedEvent recorded;
    synchronized (lock) {
      sequence++;
      recorded = new RecordedEvent(sequence, clock.instant(), event);
      ring.add(recorded);
      counts.merge(event.kind(), 1L, Long::sum);
    }
    for (Consumer<? super RecordedEvent> subscriber : subscribers) {
      tell(subscriber, recorded);
    }
  }

  private void tell(Consumer<? super RecordedEvent> subscriber, RecordedEvent recorded) {
    try {
      subscriber.accept(recorded);
    } catch (RuntimeException | Error e) { // what is published must not fail because it is heard
      subscriberFailed.line().setCause(e).log("a subscriber failed at {}", recorded.event().kind());
    }
  }

  /**
   * Has each event told from now on, by the thread that publishes it. Events of one subject come in
   * their order; of those that threads publish at the same time, any may come first. A subscriber
   * must not block, and must not publish. One that fails is told of the next event all the same.
   */
  public void subscribe(Consumer<? super RecordedEvent> subscriber) {
    subscribers.add(subscriber);
  }

  /** Returns what is kept now. Immutable. */
  public Recent recent() {
    synchronized (lock) {
      return new Recent(
          sequence, Collections.unmodifiableMap(new EnumMap<>(counts)), ring.events());
    }
  }
}
