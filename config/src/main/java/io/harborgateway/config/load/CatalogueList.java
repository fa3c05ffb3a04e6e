package io.harborgateway.config.load;

import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.IllegalValueException;
import io.harborgateway.config.values.InputFiles;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.TextRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The list of a {@link CatalogueConfig}, read line by line. Reports all problems. */
public final class CatalogueList {
  /** One instance, and its line in the list, counted from 1. */
  public record Entry(InstanceGuid guid, List<HostName> names, int line) {}

  private static final int SHORTEST_LINE = 37; // a GUID

  private final CatalogueConfig catalogue;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /** The owners of names already taken: instances of the configuration, and lines of the list. */
  private final Map<HostName, InstanceGuid> configured = new HashMap<>();

  private Map<HostName, Integer> lines = new HashMap<>();

  private CatalogueList(CatalogueConfig catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Reads the list. Blocks.
   *
   * @param others instances of the configuration itself, whose names are already taken
   * @throws ConfigException with every problem
   */
  public static List<Entry> read(CatalogueConfig catalogue, List<InstanceConfig> others)
      throws ConfigException {
    var list = new CatalogueList(catalogue);
    for (InstanceConfig other : others) {
      other.names().forEach(name -> list.configured.put(name, other.guid()));
    }
    list.read();
    if (!list.problems.isEmpty()) {
      throw new ConfigException(list.problems);
    }
    return list.entries;
  }

  private void read() {
    String text;
    try {
      text = InputFiles.read(catalogue.file());
    } catch (IOException e) {
      String file = catalogue.file().toString();
      problems.add(new Problem(file, 0, 0, "", InputFiles.reason(e), "a readable list"));
      return;
    }
    lines = HashMap.newHashMap(text.length() / SHORTEST_LINE);
    int line = 1;
    for (int start = 0; start < text.length(); line++) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      read(text, start, end, line);
      start = end + 1;
    }
  }

  /** Reads one line in place, without copying it: there may be 100,000. */
  private void read(String text, int lineStart, int lineEnd, int line) {
    int comment = text.indexOf('#', lineStart, lineEnd);
    int contentEnd = comment < 0 ? lineEnd : comment;
    InstanceGuid guid = null;
    List<HostName> names = new ArrayList<>(1);
    for (int start = wordStart(text, lineStart, contentEnd); start < contentEnd; ) {
      int end = wordEnd(text, start, contentEnd);
      String word = text.substring(start, end);
      try {
        String route = guid == null ? null : TextRules.parse(word, TextFormat.DNS_LABEL);
        guid = guid == null ? InstanceGuid.of(word) : guid;
        names.add(name(guid, route, line, start - lineStart));
      } catch (IllegalValueException e) {
        problems.add(problem(line, start - lineStart, e.found(), e.expected()));
        return;
      }
      start = wordStart(text, end, contentEnd);
    }
    if (guid != null) {
      entries.add(new Entry(guid, List.copyOf(names), line));
    }
  }

  private static int wordStart(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) <= ' ') {
      at++;
    }
    return at;
  }

  private static int wordEnd(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) > ' ') {
      at++;
    }
    return at;
  }

  private HostName name(InstanceGuid guid, @Nullable String route, int line, int column) {
    HostName name = InstanceConfig.name(guid, route, catalogue.domain());
    InstanceGuid other = configured.get(name);
    Integer first = other == null ? lines.putIfAbsent(name, line) : null;
    if (other != null || first != null) {
      String place =
          other == null ? "line " + first : "instance " + other + " of the configuration";
      problems.add(problem(line, column, name + ", as at " + place, "a host name of its own"));
    }
    return name;
  }

  private Problem problem(int line, int column, String found, String expected) {
    return new Problem(catalogue.file().toString(), line, column + 1, "", found, expected);
  }
}
