package io.harborgateway.source;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@link BucketState}. Immutable.
 *
 * @param bucket the bucket that the values come from; empty: there are none
 * @param values the YAML of an instance, by key
 * @param awaited the bucket that the configuration has named since, while nothing has been heard
 *     from it; null: none
 */
public record KeptBucket(String bucket, Map<String, String> values, @Nullable String awaited) {
  static final KeptBucket NONE = new KeptBucket("", Map.of(), null);

  public KeptBucket {
    Objects.requireNonNull(bucket, "bucket");
    values.forEach((key, value) -> Objects.requireNonNull(value, key));
    values = Collections.unmodifiableMap(values);
  }

  /**
   * Returns what to store.
   *
   * @param good the values in force
   * @param name the bucket that the configuration names
   */
  static KeptBucket of(BucketListing good, String name) {
    return new KeptBucket(good.bucket(), good.values(), good.isOf(name) ? null : name);
  }

  public BucketListing listing() {
    return new BucketListing(bucket, values, Map.of());
  }

  /** Whether a configuration that names this bucket may be served from it. */
  public boolean isFor(String name) {
    return bucket.isEmpty() || bucket.equals(name) || name.equals(awaited);
  }
}
