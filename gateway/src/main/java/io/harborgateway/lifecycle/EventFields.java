package io.harborgateway.lifecycle;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The values of a {@link NodeEvent}, in the order in which they are put. */
final class EventFields {
  /** Characters: a peer can say anything of what went wrong, and the ring keeps it. */
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

  /** Returns the beginning of the text if it is longer than an event may keep. */
  static String text(String any) {
    if (any.length() <= LONGEST) {
      return any;
    }
    int end = Character.isHighSurrogate(any.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
    return any.substring(0, end) + "…";
  }
}
