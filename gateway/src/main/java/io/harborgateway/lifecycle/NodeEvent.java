package io.harborgateway.lifecycle;

import java.util.Map;

/**
 * Something that has happened to this node, as a fact: what an operator is told of it by the log,
 * by {@code node_events_total}, by {@code /status} and by {@code /events}. Not what one connection
 * or one request meets. Immutable; texts that come from elsewhere are {@linkplain EventFields#text
 * bounded}.
 */
public sealed interface NodeEvent
    permits ProcessEvent,
        ListenerEvent,
        UpstreamEvent,
        RouteEvent,
        BusEvent,
        ReloadEvent,
        CertificateEvent,
        DrainEvent {
  /** Who should look at it: the level of its line in the log. */
  enum Severity {
    INFO,
    WARN,
    ERROR
  }

  /** Returns what kind of thing it is. */
  NodeEventKind kind();

  /** Returns one English line, which {@link #fields} complete. */
  String text();

  /** Returns the values that it has, strings, numbers and booleans, in the order to show them. */
  Map<String, Object> fields();

  /** Returns what it happened to, among all to which this kind of thing happens. */
  default String subject() {
    return "";
  }

  default Severity severity() {
    return Severity.INFO;
  }
}
