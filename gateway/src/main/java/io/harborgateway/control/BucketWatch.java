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
  private boolean isClosed; // guarded by this

  BucketWatch(Runnable changed) {
    this.changed = changed;
  }

  /**
   * Watches the snapshot's bucket. If it replaces another one, what is served stays on disk for it
   * until it has been heard. On the reload thread.
   */
  synchronized void follow(Snapshot snapshot) {
    if (isClosed) {
      return; // a reload that ends after the process has begun to stop
    }
    GatewayConfig config = snapshot.config();
    InstancesBucketConfig section = config.instancesBucket();
    InstancesBucket now = bucket;
    if (section == null) {
      end();
      return;
    }
    NatsAccess access = section.access(config.registration());
    if (now == null || !now.isAt(section, access)) {
      end();
      BucketListing served = snapshot.sources().bucket();
      var next = new InstancesBucket(section, access, served, changed);
      if (now != null && !now.keepsFor(section) && now.holds(served)) {
        next.keep(snapshot.sources().goodValues()); // not what its own file has just supplied
      }
      bucket = next;
      next.start();
    }
  }

  /**
   * Stores the good values of the snapshot on disk, if it has those of the bucket that is watched.
   * Otherwise the file stays: a configuration without the bucket may be followed by one with it.
   */
  void keep(Snapshot read) {
    InstancesBucket now = bucket;
    if (now != null && now.listing() != null && now.holds(read.sources().bucket())) {
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
  public synchronized void close() {
    isClosed = true;
    end();
  }

  private void end() {
    InstancesBucket now = bucket;
    bucket = null;
    if (now != null) {
      now.close();
    }
  }
}
