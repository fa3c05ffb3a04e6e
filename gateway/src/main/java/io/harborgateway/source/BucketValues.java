package io.harborgateway.source;

import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects what one watch of a bucket receives. jnats calls it on its own threads; a waiting reader
 * gets complete states, with changes that arrive together combined into one.
 */
final class BucketValues implements KeyValueWatcher {
  /**
   * A snapshot of the bucket.
   *
   * @param isNew whether it has neither a value nor the marker of a deleted one
   */
  record State(Map<String, String> values, Map<String, Integer> tooLong, boolean isNew) {}

  private final Map<String, String> values = new HashMap<>();
  private final Map<String, Integer> tooLong = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();
  private long bytes;
  private boolean isNew = true;
  private boolean isWhole;
  private boolean isChanged;
  private @Nullable IOException end;

  @Override
  public synchronized void watch(KeyValueEntry entry) {
    isNew = false;
    String key = entry.getKey();
    values.remove(key);
    tooLong.remove(key);
    Integer before = sizes.remove(key);
    bytes -= before == null ? 0 : before;
    if (entry.getOperation() == KeyValueOperation.PUT) {
      put(key, Objects.requireNonNullElse(entry.getValue(), new byte[0]));
    }
    changed();
  }

  private void put(String key, byte[] content) {
    if (content.length > InstanceText.LONGEST) {
      tooLong.put(key, content.length);
    } else {
      values.put(key, new String(content, StandardCharsets.UTF_8));
      sizes.put(key, content.length);
      bytes += content.length;
    }
    if (values.size() + tooLong.size() > InstancesBucket.MOST_KEYS
        || bytes > InstancesBucket.MOST_BYTES) {
      values.clear();
      end =
          new TooLargeException(
              "more than %d keys or %d bytes"
                  .formatted(InstancesBucket.MOST_KEYS, InstancesBucket.MOST_BYTES));
    }
  }

  @Override
  public synchronized void endOfData() {
    isWhole = true;
    changed();
  }

  private void changed() {
    isChanged = true;
    notifyAll();
  }

  /** Ends the watch: nothing more will be received. */
  synchronized void end(String reason) {
    if (end == null) {
      end = new IOException(reason);
    }
    notifyAll();
  }

  /**
   * Waits for a state that differs from the last one.
   *
   * @param quietMillis how long nothing must have changed before a state counts
   * @param longest most times to wait that long
   * @throws IOException if nothing more will be received; says why
   */
  synchronized State next(long quietMillis, int longest) throws IOException, InterruptedException {
    while (end == null && !(isWhole && isChanged)) {
      wait();
    }
    for (int i = 0; i < longest && end == null && isChanged; i++) {
      isChanged = false;
      wait(quietMillis);
    }
    isChanged = false;
    if (end != null) {
      throw end;
    }
    return new State(Map.copyOf(values), Map.copyOf(tooLong), isNew);
  }
}
