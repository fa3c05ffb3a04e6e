package io.harborgateway.benchmarks.compare;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a row runs with.
 *
 * @param gateways the gateway, and other builds of it
 */
record Bench(Stage stage, Pace pace, List<Contender> gateways, Progress progress) {
  /** Returns the gateways and these peers. */
  List<Contender> with(Contender... peers) {
    return Stream.concat(gateways.stream(), Stream.of(peers)).toList();
  }
}
