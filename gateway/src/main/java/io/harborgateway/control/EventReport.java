package io.harborgateway.control;

import io.harborgateway.lifecycle.NodeEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.RecordedEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The content of {@code /events}. Component names are the JSON keys.
 *
 * @param recorded number of events since the start
 * @param counts number of events since the start, for each kind that occurred
 * @param events the events kept, newest first
 */
record EventReport(long recorded, Map<String, Long> counts, List<Event> events) {
  /** One event. */
  record Event(
      long sequence,
      Instant at,
      String kind,
      String severity,
      String text,
      Map<String, Object> fields) {
    static Event of(RecordedEvent recorded) {
      NodeEvent event = recorded.event();
      return new Event(
          recorded.sequence(),
          recorded.at(),
          event.kind().toString(),
          event.severity().name().toLowerCase(Locale.ROOT),
          event.text(),
          event.fields());
    }
  }

  static EventReport of(NodeEvents.Recent recent) {
    Map<String, Long> counts = new LinkedHashMap<>();
    recent.counts().forEach((kind, count) -> counts.put(kind.toString(), count));
    return new EventReport(
        recent.recorded(), counts, recent.events().reversed().stream().map(Event::of).toList());
  }

  /** Returns the newest events, at most this many. */
  List<Event> first(int most) {
    return events.subList(0, Math.min(events.size(), most));
  }
}
