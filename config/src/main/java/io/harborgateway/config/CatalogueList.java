package io.harborgateway.config;

import io.harborgateway.config.meta.TextFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The list of a {@link Catalogue}, read line by line. Reports everything that is wrong with it. */
public final class CatalogueList {
  /** One instance, and its line in the list; 1 is the first. */
  public record Entry(InstanceGuid guid, List<HostName> names, int line) {}

  private final Catalogue catalogue;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /** By name; where it is claimed in words. */
  private final Map<String, String> places = new HashMap<>();

  private CatalogueList(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Reads the list. Blocks.
   *
   * @param others instances of the configuration itself, whose names are taken
   * @throws ConfigException with every problem
   */
  public static List<Entry> read(Catalogue catalogue, List<Instance> others)
      throws ConfigException {
    var list = new CatalogueList(catalogue);
    for (Instance other : others) {
      String place = "instance " + other.guid() + " of the configuration";
      other.names().forEach(name -> list.places.put(name.value(), place));
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
    int line = 1;
    for (int start = 0; start < text.length(); line++) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      read(text.substring(start, end), line);
      start = end + 1;
    }
  }

  private void read(String text, int line) {
    int comment = text.indexOf('#');
    String content = comment < 0 ? text : text.substring(0, comment);
    InstanceGuid guid = null;
    List<HostName> names = new ArrayList<>(1);
    for (int start = wordStart(content, 0); start < content.length(); ) {
      int end = wordEnd(content, start);
      String word = content.substring(start, end);
      try {
        String route = guid == null ? null : Texts.parse(word, TextFormat.DNS_LABEL);
        guid = guid == null ? InstanceGuid.of(word) : guid;
        names.add(name(guid, route, line, start));
      } catch (IllegalValueException e) {
        problems.add(problem(line, start, e.found(), e.expected()));
        return;
      }
      start = wordStart(content, end);
    }
    if (guid != null) {
      entries.add(new Entry(guid, List.copyOf(names), line));
    }
  }

  private static int wordStart(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) <= ' ') {
      at++;
    }
    return at;
  }

  private static int wordEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) > ' ') {
      at++;
    }
    return at;
  }

  private HostName name(InstanceGuid guid, @Nullable String route, int line, int start) {
    HostName name = Instance.name(guid, route, catalogue.domain());
    String first = places.putIfAbsent(name.value(), "line " + line);
    if (first != null) {
      problems.add(
          problem(line, start, name.value() + ", as at " + first, "a host name of its own"));
    }
    return name;
  }

  private Problem problem(int line, int start, String found, String expected) {
    return new Problem(catalogue.file().toString(), line, start + 1, "", found, expected);
  }
}
