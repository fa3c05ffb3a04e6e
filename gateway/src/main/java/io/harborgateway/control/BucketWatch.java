package io.harborgateway.control;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstancesBucketConfig;
import io.harborgateway.config.NatsAccess;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.source.BucketListing;
import io.harborgateway.source.InstancesBucket;
import org.jspecify.annotations.Nullable;

/** The bucket that the configuration in force names, which may be another one after a reload. */
final class BucketWatch implements AutoCloseable {
  private final Runnable changed;
  private volatile @Nullable InstancesBucket bucket;

  BucketWatch(Runnable changed) {
    this.changed = changed;
  }

  /** Watches what the snapshot names, and has its values kept. By the thread of the reloads. */
  void follow(Snapshot snapshot) {
    GatewayConfig config = snapshot.config();
    InstancesBucketConfig section = config.instancesBucket();
    InstancesBucket now = bucket;
    if (section == null) {
      close();
      return;
    }
    NatsAccess access = section.access(config.registration());
    if (now == null || !now.isAt(section, access)) {
      close();
      now = new InstancesBucket(section, access, snapshot.sources().bucket(), changed);
      bucket = now;
      now.start();
    }
  }

  /** Has the good values of what was read kept on disk. */
  void keep(Snapshot read) {
    InstancesBucket now = bucket;
    if (now != null && now.listing() != null) {
      now.keep(read.sources().goodValues());
    }
  }

  /** Returns what the bucket said last; null: there is none, or it has not been heard. */
  @Nullable BucketListing listing() {
    InstancesBucket now = bucket;
    return now == null ? null : now.listing();
  }

  /** Returns how it stands, or null if there is none. For any thread. */
  InstancesBucket.@Nullable Status status() {
    InstancesBucket now = bucket;
    return now == null ? null : now.status();
  }

  @Override
  public void close() {
    InstancesBucket now = bucket;
    bucket = null;
    if (now != null) {
      now.close();
    }
  }
}
