package io.harborgateway.snapshot;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.source.BucketListing;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of reading the sources besides the configuration file. Immutable.
 *
 * @param inForce instances in force by place, in the order of the sources
 * @param bucket the bucket's listing
 * @param problems problems with what is not in force, each with its place; what was in force before
 *     still is
 */
public record SourceState(
    Map<String, Contribution> inForce, BucketListing bucket, List<Problem> problems) {
  static final SourceState NONE = new SourceState(Map.of(), BucketListing.NONE, List.of());

  public SourceState {
    inForce = Collections.unmodifiableMap(new LinkedHashMap<>(inForce));
    problems = problems.stream().sorted().toList();
  }

  /** Returns the bucket's last value of each key in force, on which a start may rely. */
  public BucketListing goodValues() {
    Map<String, String> good = new LinkedHashMap<>();
    for (String key : bucket.keys()) {
      Contribution contribution = inForce.get(bucket.place(key));
      if (contribution != null) {
        good.put(key, String.valueOf(contribution.version()));
      }
    }
    return new BucketListing(bucket.bucket(), good, Map.of());
  }
}
