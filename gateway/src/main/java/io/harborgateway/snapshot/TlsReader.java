package io.harborgateway.snapshot;

import io.harborgateway.config.TlsConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.binding.Suggestion;
import io.harborgateway.config.values.QuotedText;
import io.harborgateway.tls.TlsSettings;
import io.harborgateway.tls.TlsSupport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the section {@code tls}, each of whose names the native library must know. */
final class TlsReader {
  /** Versions that are no longer to be used (RFC 8996). */
  private static final Set<String> OUTDATED = Set.of("TLSv1", "TLSv1.1");

  /** Other names of groups, from OpenSSL and the IANA's list. */
  private static final Map<String, String> GROUP_ALIASES =
      Map.of(
          "secp256r1", "P-256", "prime256v1", "P-256", "secp384r1", "P-384", "secp521r1", "P-521");

  private final TlsConfig section;
  private final ConfigSource source;
  private final List<Problem> problems;
  private final List<Problem> warnings;

  /**
   * @param problems problems are added to it
   * @param warnings warnings are added to it
   */
  TlsReader(
      TlsConfig section, ConfigSource source, List<Problem> problems, List<Problem> warnings) {
    this.section = section;
    this.source = source;
    this.problems = problems;
    this.warnings = warnings;
  }

  /** Returns the settings, those of the profile for a list that has a problem. */
  TlsSettings read() {
    TlsSettings profile =
        switch (section.profile()) {
          case MODERN -> TlsSettings.MODERN;
          case INTERMEDIATE -> TlsSettings.INTERMEDIATE;
          case COMPATIBLE -> TlsSettings.COMPATIBLE;
        };
    List<String> versions = section.versions().isEmpty() ? profile.versions() : versions(profile);
    List<String> groups =
        section.groups().isEmpty()
            ? profile.groups()
            : known("groups", section.groups(), TlsSupport.groups(), GROUP_ALIASES);
    return new TlsSettings(
        versions, suites(versions, profile), groups, !section.sessionTicketKeys().isEmpty());
  }

  private List<String> versions(TlsSettings profile) {
    List<String> all = TlsSupport.versions();
    Set<String> chosen = new LinkedHashSet<>(known("versions", section.versions(), all, Map.of()));
    List<String> ordered = all.stream().filter(chosen::contains).toList();
    if (ordered.isEmpty()) {
      return profile.versions();
    }
    List<String> range =
        all.subList(all.indexOf(ordered.getFirst()), all.indexOf(ordered.getLast()) + 1);
    if (!range.equals(ordered)) {
      List<String> missing = new ArrayList<>(range);
      missing.removeAll(ordered);
      problem(
          "tls.versions",
          "a gap: " + String.join(", ", missing),
          "versions that follow each other");
    }
    for (int i = 0; i < section.versions().size(); i++) {
      if (OUTDATED.contains(section.versions().get(i))) {
        warnings.add(
            source.problem(
                "tls.versions[" + i + "]",
                QuotedText.of(section.versions().get(i)),
                "TLSv1.2 or TLSv1.3; this one is not to be used any more (RFC 8996)"));
      }
    }
    return ordered;
  }

  private List<String> suites(List<String> versions, TlsSettings profile) {
    boolean only13 = versions.equals(List.of(TlsSettings.TLS_1_3));
    if (section.suites().isEmpty()) {
      List<String> suites = profile.suites();
      return only13 ? List.of() : suites.isEmpty() ? TlsSettings.INTERMEDIATE.suites() : suites;
    }
    if (only13) {
      problem(
          "tls.suites",
          "suites of TLS 1.2 without that version",
          "none: those of TLS 1.3 are always there");
      return List.of();
    }
    return known("suites", section.suites(), TlsSupport.suites(), Map.of());
  }

  /** Returns the names as the library spells them; those it does not know are problems. */
  private List<String> known(
      String key, List<String> names, List<String> all, Map<String, String> aliases) {
    Map<String, String> bySpelling = new LinkedHashMap<>();
    all.forEach(name -> bySpelling.put(plain(name), name));
    aliases.forEach((alias, name) -> {
      if (all.contains(name)) {
        bySpelling.put(plain(alias), name);
      }
    });
    Set<String> known = new LinkedHashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String path = "tls." + key + "[" + i + "]";
      String name = bySpelling.get(plain(names.get(i)));
      if (name == null) {
        String meant =
            Suggestion.of(names.get(i), bySpelling.keySet())
                .map(close -> ", did you mean " + bySpelling.get(close) + "?")
                .orElse("");
        problem(path, QuotedText.of(names.get(i)) + meant, String.join(", ", all));
      } else if (!known.add(name)) {
        problem(path, QuotedText.of(names.get(i)) + ", a second time", "each once");
      }
    }
    return List.copyOf(known);
  }

  /** As {@link Suggestion} compares names. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void problem(String path, String found, String expected) {
    problems.add(source.problem(path, found, expected));
  }
}
