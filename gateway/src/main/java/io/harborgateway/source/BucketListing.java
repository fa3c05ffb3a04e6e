package io.harborgateway.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * All that a bucket says at one moment. Immutable.
 *
 * @param bucket its name
 * @param values the YAML of an instance, by key
 */
public record BucketListing(String bucket, Map<String, String> values) {
  /** Of no bucket. */
  public static final BucketListing NONE = new BucketListing("", Map.of());

  public BucketListing {
    Objects.requireNonNull(bucket, "bucket");
    values.forEach((key, value) -> Objects.requireNonNull(value, key)); // as a file may say
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  private record Value(String place, Path folder, String version) implements InstanceText {
    @Override
    public String text() throws IOException {
      if (version.length() > LONGEST) {
        throw new IOException(version.length() + " characters (expected: at most " + LONGEST + ")");
      }
      return version;
    }
  }

  /**
   * Returns the values, sorted by key.
   *
   * @param folder what file names in them are relative to
   */
  public List<InstanceText> texts(Path folder) {
    List<InstanceText> texts = new ArrayList<>(values.size());
    values.forEach((key, value) -> texts.add(new Value(place(key), folder, value)));
    return texts;
  }

  /** Returns the place of a key, as problems name it. */
  public String place(String key) {
    return "nats:" + bucket + "/" + key;
  }
}
