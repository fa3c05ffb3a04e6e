package io.harborgateway.control;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstancesBucketConfig;
import io.harborgateway.config.NatsAccess;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.source.BucketListing;
import io.harborgateway.source.InstancesBucket;
import org.jspecify.annotations.Nullable;

/** Watches the bucket named by the configuration in force, which a reload may change. */
final class BucketWatch implements AutoCloseable {
  private final Runnable changed;
  private volatile @Nullable InstancesBucket bucket;

  BucketWatch(Runnable changed) {
    this.changed = changed;
  }

  /** Watches the snapshot's bucket and stores its values. On the reload thread. */
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

  /** Stores the good values of the snapshot on disk. */
  void keep(Snapshot read) {
    InstancesBucket now = bucket;
    if (now != null && now.listing() != null) {
      now.keep(read.sources().goodValues());
    }
  }

  /** Returns the bucket's last listing; null: there is no bucket, or nothing has been received. */
  @Nullable BucketListing listing() {
    InstancesBucket now = bucket;
    return now == null ? null : now.listing();
  }

  /** Returns its status, or null without a bucket. For any thread. */
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
