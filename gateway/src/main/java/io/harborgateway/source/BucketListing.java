package io.harborgateway.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A snapshot of everything in a bucket. Immutable.
 *
 * @param bucket its name
 * @param values the YAML of an instance, by key
 * @param tooLong the sizes in bytes of values that are too long to be kept, by key
 */
public record BucketListing(
    String bucket, Map<String, String> values, Map<String, Integer> tooLong) {
  /** The listing of no bucket. */
  public static final BucketListing NONE = new BucketListing("", Map.of(), Map.of());

  public BucketListing {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    tooLong = Collections.unmodifiableMap(new TreeMap<>(tooLong));
  }

  private record Value(String place, Path folder, String version) implements InstanceText {
    @Override
    public String text() {
      return version;
    }
  }

  private record TooLong(String place, Path folder, Integer version) implements InstanceText {
    @Override
    public String text() throws IOException {
      throw new IOException(version + " bytes (expected: at most " + LONGEST + ")");
    }
  }

  /**
   * Returns the values sorted by key, followed by those that are too long.
   *
   * @param folder base of relative file names in them
   */
  public List<InstanceText> texts(Path folder) {
    List<InstanceText> texts = new ArrayList<>(values.size() + tooLong.size());
    values.forEach((key, value) -> texts.add(new Value(place(key), folder, value)));
    tooLong.forEach((key, bytes) -> texts.add(new TooLong(place(key), folder, bytes)));
    return texts;
  }

  /** Returns the number of keys. */
  int size() {
    return values.size() + tooLong.size();
  }

  /** Returns all keys, including those of values that are too long. */
  public Set<String> keys() {
    Set<String> keys = new TreeSet<>(values.keySet());
    keys.addAll(tooLong.keySet());
    return keys;
  }

  /** Whether it is the listing of the bucket with this name. */
  public boolean isOf(String name) {
    return bucket.equals(name);
  }

  /** Returns the place of a key for problems. */
  public String place(String key) {
    return "nats:" + bucket + "/" + key;
  }
}
