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
 * The event bus of this node: events are published where they happen, and everything an operator
 * sees (log, metrics, admin endpoint) is a view of the same events, so the views can't disagree.
 *
 * <p>Thread-safe. Not for events of each connection or request.
 */
public final class NodeEvents {
  /** Most events that {@code /events} shows. */
  public static final int CAPACITY = 256;

  private static final Logger LOG = LoggerFactory.getLogger(NodeEvents.class);

  /**
   * A snapshot of the recorded events.
   *
   * @param recorded number of events since the start
   * @param counts number of events since the start, for each kind that occurred
   * @param events the events kept, oldest first
   */
  public record Recent(
      long recorded, Map<NodeEventKind, Long> counts, List<RecordedEvent> events) {}

  private final InstantSource clock;
  private final List<Consumer<? super RecordedEvent>> subscribers = new CopyOnWriteArrayList<>();
  private final PacedLine subscriberFailed = new PacedLine(LOG, Level.ERROR);

  // Guards the fields below. Held for microseconds: no subscriber is called while it is held.
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
   * Publishes an event. It is recorded, then passed to each subscriber on this thread before this
   * returns. Never throws, and blocks no longer than its subscribers, which must not block.
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
    } catch (RuntimeException | Error e) { // a subscriber's failure must not reach the publisher
      subscriberFailed.line().setCause(e).log("a subscriber failed at {}", recorded.event().kind());
    }
  }

  /**
   * Subscribes to all future events, on the threads that publish them. Events of one subject arrive
   * in order; those published concurrently may arrive in any order. A subscriber must not block,
   * and must not publish. One that throws still receives the next event.
   */
  public void subscribe(Consumer<? super RecordedEvent> subscriber) {
    subscribers.add(subscriber);
  }

  /** Returns the current snapshot. Immutable. */
  public Recent recent() {
    synchronized (lock) {
      return new Recent(
          sequence, Collections.unmodifiableMap(new EnumMap<>(counts)), ring.events());
    }
  }
}
