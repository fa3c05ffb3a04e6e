package io.harborgateway.lifecycle;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of a {@link NodeEvent}, in insertion order. */
final class EventFields {
  /** In characters: a peer's error can be arbitrarily long, and the ring keeps it. */
  static final int LONGEST = 500;

  private final Map<String, Object> fields = new LinkedHashMap<>();

  static EventFields of(String name, Object value) {
    return new EventFields().with(name, value);
  }

  EventFields with(String name, Object value) {
    fields.put(name, value);
    return this;
  }

  /** Adds a text, unless it is empty. */
  EventFields ifAny(String name, String value) {
    return value.isEmpty() ? this : with(name, value);
  }

  Map<String, Object> map() {
    return Collections.unmodifiableMap(fields);
  }

  /** Truncates a text to the length that an event may keep. */
  static String text(String any) {
    if (any.length() <= LONGEST) {
      return any;
    }
    int end = Character.isHighSurrogate(any.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
    return any.substring(0, end) + "…";
  }
}
