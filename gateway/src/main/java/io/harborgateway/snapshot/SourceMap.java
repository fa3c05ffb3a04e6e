package io.harborgateway.snapshot;

import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.CatalogueList;
import io.harborgateway.route.Instance;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The places where instances are defined. The route table has those of the configuration first,
 * then those of other sources, then those of the catalogue, for which only the line is kept.
 */
final class SourceMap {
  private final ConfigSource source;
  private final int configured;
  private final List<ConfigSource> contributed;
  private final String list;
  private final int[] lines;

  SourceMap(
      ConfigSource source,
      int configured,
      List<ConfigSource> contributed,
      @Nullable CatalogueConfig catalogue,
      List<CatalogueList.Entry> entries) {
    this.source = source;
    this.configured = configured;
    this.contributed = List.copyOf(contributed);
    this.list = catalogue == null ? "" : catalogue.file().toString();
    this.lines = entries.stream().mapToInt(CatalogueList.Entry::line).toArray();
  }

  /** Creates a problem with the certificate of the instance with this index in the route table. */
  Problem problem(int index, String found) {
    if (index < configured) {
      return source.problem("instances[%d].certificate".formatted(index), found, "");
    }
    int other = index - configured;
    return other < contributed.size()
        ? contributed.get(other).problem("certificate", found, "")
        : new Problem(list, lines[other - contributed.size()], 1, "", found, "");
  }

  /** Whether the instance comes from the configuration itself or its catalogue. */
  boolean isConfigured(int index) {
    return index < configured || index >= configured + contributed.size();
  }

  /** Returns the catalogue's entries, whose instances are the last in the table. */
  List<CatalogueList.Entry> catalogued(List<Instance> instances) {
    List<CatalogueList.Entry> entries = new ArrayList<>(lines.length);
    int first = instances.size() - lines.length;
    for (int i = 0; i < lines.length; i++) {
      Instance instance = instances.get(first + i);
      entries.add(new CatalogueList.Entry(instance.guid(), instance.names(), lines[i]));
    }
    return entries;
  }
}
