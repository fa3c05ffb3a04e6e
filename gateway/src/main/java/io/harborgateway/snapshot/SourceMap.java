package io.harborgateway.snapshot;

import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.CatalogueList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where instances are written. Of those in a catalogue only the line is kept. */
final class SourceMap {
  private final ConfigSource source;
  private final int configured;
  private final String list;
  private final int[] lines;

  SourceMap(
      ConfigSource source,
      int configured,
      @Nullable CatalogueConfig catalogue,
      List<CatalogueList.Entry> entries) {
    this.source = source;
    this.configured = configured;
    this.list = catalogue == null ? "" : catalogue.file().toString();
    this.lines = entries.stream().mapToInt(CatalogueList.Entry::line).toArray();
  }

  Problem problem(int index, String found) {
    return index < configured
        ? source.problem("instances[%d].certificate".formatted(index), found, "")
        : new Problem(list, lines[index - configured], 1, "", found, "");
  }
}
