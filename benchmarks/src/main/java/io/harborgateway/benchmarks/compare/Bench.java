package io.harborgateway.benchmarks.compare;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a row runs with.
 *
 * @param disturbed see {@link Slices}
 * @param gateways the gateway, and other builds of it
 */
record Bench(
    Stage stage, Pace pace, List<Contender> gateways, Progress progress, List<String> disturbed) {
  /** Returns the gateways and these peers. */
  List<Contender> with(List<Contender> peers) {
    return Stream.concat(gateways.stream(), peers.stream()).toList();
  }

  Slices slices() {
    return new Slices(stage.agent(), pace, disturbed);
  }
}
