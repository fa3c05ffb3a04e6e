package io.harborgateway.lifecycle;

import java.util.Map;

/**
 * Something that has happened to this node, as a fact reported to operators through the log, {@code
 * node_events_total}, {@code /status} and {@code /events}. Not for individual connections or
 * requests. Immutable; texts from elsewhere are {@linkplain EventFields#text bounded}.
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
  /** Who should look at it, which determines its log level. */
  enum Severity {
    INFO,
    WARN,
    ERROR
  }

  /** Returns the kind of event. */
  NodeEventKind kind();

  /** Returns one line of English text, completed by {@link #fields}. */
  String text();

  /** Returns its fields (strings, numbers and booleans) in display order. */
  Map<String, Object> fields();

  /** Returns what it happened to, among the subjects of its kind. */
  default String subject() {
    return "";
  }

  default Severity severity() {
    return Severity.INFO;
  }
}
