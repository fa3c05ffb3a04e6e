package io.harborgateway.control;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstancesBucketConfig;
import io.harborgateway.config.NatsAccess;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.source.BucketListing;
import io.harborgateway.source.InstancesBucket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Watches the bucket named by the configuration in force, which a reload may change. */
final class BucketWatch implements AutoCloseable {
  /** How long a reload waits for a bucket that it names. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Runnable changed;
  private volatile @Nullable InstancesBucket bucket;

  // Guarded by this.
  private @Nullable InstancesBucket candidate;
  private @Nullable String silence;
  private boolean isClosed;

  BucketWatch(Runnable changed) {
    this.changed = changed;
  }

  /**
   * Begins to watch the bucket of a snapshot that is not in force yet, if it is another one, and
   * waits a moment for it: a reload then has the bucket's instances at once, and can say why it has
   * not. On the reload thread.
   *
   * @return its listing; null: nothing has been heard from it, or there is no other one
   */
  synchronized @Nullable BucketListing prepare(Snapshot next) {
    discard();
    silence = null;
    InstancesBucketConfig section = next.config().instancesBucket();
    if (isClosed || section == null || isWatched(section, next.config())) {
      return null;
    }
    var begun =
        new InstancesBucket(
            section,
            section.access(next.config().registration()),
            next.sources().bucket(),
            changed);
    candidate = begun;
    begun.start();
    begun.awaitNews(PATIENCE);
    BucketListing heard = begun.listing();
    if (heard == null) {
      String error = begun.status().lastError();
      silence =
          "instances-bucket: nothing heard from %s: %s"
              .formatted(
                  section.name(),
                  error == null ? "no answer within " + PATIENCE.toSeconds() + " s" : error);
    }
    return heard;
  }

  private boolean isWatched(InstancesBucketConfig section, GatewayConfig config) {
    InstancesBucket now = bucket;
    return now != null && now.isAt(section, section.access(config.registration()));
  }

  /** Returns why nothing was heard from the bucket prepared last; null: something was. */
  synchronized @Nullable String silence() {
    return silence;
  }

  /** Closes a prepared bucket that did not come into force. */
  synchronized void discard() {
    InstancesBucket begun = candidate;
    candidate = null;
    if (begun != null) {
      begun.close();
    }
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
      InstancesBucket next = candidate;
      candidate = null;
      if (next == null) { // as at the start
        next = new InstancesBucket(section, access, served, changed);
        next.start();
      }
      boolean isHeard = next.listing() != null && next.holds(served);
      boolean isCarriedOver = now != null && !now.keepsFor(section) && now.holds(served);
      if (isHeard || isCarriedOver) {
        next.keep(snapshot.sources().goodValues()); // not what its own file has just supplied
      }
      bucket = next;
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
    discard();
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
