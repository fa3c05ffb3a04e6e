package io.harborgateway.lifecycle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The most recent events, up to a capacity. Frequent events do not evict rare ones: an event is
 * evicted from the kind with the most events, so each kind keeps at least its share of the ring.
 * Within that kind, it is the oldest event whose subject has a later one, so that a flapping
 * upstream does not evict another's last event; if no subject occurs twice, it is the oldest.
 *
 * <p>Not thread-safe.
 */
final class EventRing {
  private static final class OfOneKind {
    final Deque<RecordedEvent> events = new ArrayDeque<>();
    final Map<String, Integer> bySubject = new HashMap<>();

    void add(RecordedEvent recorded) {
      events.add(recorded);
      bySubject.merge(recorded.event().subject(), 1, Integer::sum);
    }

    void removeOne() {
      RecordedEvent gone = events.size() > bySubject.size() ? removeRepeated() : events.remove();
      bySubject.computeIfPresent(
          gone.event().subject(), (subject, count) -> count == 1 ? null : count - 1);
    }

    private RecordedEvent removeRepeated() {
      Iterator<RecordedEvent> oldestFirst = events.iterator();
      RecordedEvent next = oldestFirst.next();
      while (bySubject.getOrDefault(next.event().subject(), 0) < 2) {
        next = oldestFirst.next();
      }
      oldestFirst.remove();
      return next;
    }
  }

  private final int capacity;
  private final Map<NodeEventKind, OfOneKind> kinds = new EnumMap<>(NodeEventKind.class);
  private int size;

  /**
   * @param capacity number of events; each kind keeps at least this divided by the number of kinds
   */
  EventRing(int capacity) {
    this.capacity = capacity;
  }

  void add(RecordedEvent recorded) {
    kinds.computeIfAbsent(recorded.event().kind(), kind -> new OfOneKind()).add(recorded);
    if (size < capacity) {
      size++;
    } else {
      largest().removeOne();
    }
  }

  private OfOneKind largest() {
    OfOneKind largest = null;
    for (OfOneKind each : kinds.values()) {
      if (largest == null || each.events.size() > largest.events.size()) {
        largest = each;
      }
    }
    if (largest == null) {
      throw new IllegalStateException("the ring is empty (expected: full)");
    }
    return largest;
  }

  /** Returns all events, oldest first. */
  List<RecordedEvent> events() {
    List<RecordedEvent> all = new ArrayList<>(size);
    kinds.values().forEach(each -> all.addAll(each.events));
    all.sort(Comparator.comparingLong(RecordedEvent::sequence));
    return List.copyOf(all);
  }
}
