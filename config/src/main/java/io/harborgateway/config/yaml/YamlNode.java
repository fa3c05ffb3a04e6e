package io.harborgateway.config.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value and its place. */
public sealed interface YamlNode {
  /** Where the value begins. */
  Mark at();

  /** A mapping, in the order of the file. Of a key that stands twice the first is kept. */
  record Mapping(Mark at, Map<String, Entry> entries) implements YamlNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** A key's place, and its value. */
  record Entry(Mark key, YamlNode value) {}

  /** A list. */
  record Sequence(Mark at, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /** A single value, with its text as written (without quotes). */
  record Scalar(Mark at, Kind kind, String text) implements YamlNode {}

  /** What YAML takes a scalar for. */
  enum Kind {
    TEXT,
    INTEGER,
    DECIMAL,
    BOOLEAN,
    /** Nothing is written. */
    NOTHING,
    /** Something that a {@link YamlFault} already reports. */
    REFUSED
  }
}
