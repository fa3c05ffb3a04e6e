package io.harborgateway.source;

import io.harborgateway.announce.nats.NatsOptions;
import io.harborgateway.config.InstancesBucketConfig;
import io.harborgateway.config.NatsAccess;
import io.harborgateway.pace.KnownProblems;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Nats;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the bucket of {@code instances-bucket}. NATS, JetStream or the bucket may be unavailable
 * at any time and for any length of time: the last state is kept, and nothing here throws or waits
 * because of it.
 *
 * <p>A virtual thread holds the connection. Any failure ends the connection, and the next one lists
 * the bucket again, so no key that was added or removed in the meantime is missed. A listing counts
 * only once it is complete.
 */
public final class InstancesBucket implements AutoCloseable {
  /** More keys are not accepted: whoever fills the bucket must have made a mistake. */
  static final int MOST_KEYS = 50_000;

  /** Limit of all values together, which are kept in memory and on disk. */
  static final long MOST_BYTES = 16L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(InstancesBucket.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  /** Pause after a bucket that is too large: each listing transfers all of it. */
  private static final Duration LARGE_PAUSE = Duration.ofMinutes(1);

  /** How long to wait after a change for others that belong to it. */
  private static final long QUIET_MILLIS = 100;

  private static final int LONGEST_WAITS = 5;

  /**
   * The status of the bucket, for {@code /status}.
   *
   * @param isWatched whether changes are currently received
   * @param keys number of keys when last received; -1: not received since the start
   * @param lastError the last problem with it, or null
   * @param stateError why its last good state is not on disk, or null
   */
  public record Status(
      String bucket,
      boolean isWatched,
      int keys,
      Instant since,
      @Nullable String lastError,
      @Nullable String stateError) {
    Status(String bucket, boolean isWatched, int keys, @Nullable String lastError) {
      this(bucket, isWatched, keys, Instant.now(), lastError, null);
    }

    Status with(@Nullable String error) {
      return new Status(bucket, isWatched, keys, since, lastError, error);
    }
  }

  private final InstancesBucketConfig section;
  private final NatsAccess access;
  private final BucketListing served;
  private final Runnable changed;
  private final Thread thread;
  private final StateWriter writer;
  private final KnownProblems known = new KnownProblems();
  private volatile @Nullable BucketListing listing;
  private volatile Status status;
  private volatile boolean closing;
  private final CountDownLatch news = new CountDownLatch(1);

  /**
   * Creates a watcher that does nothing yet.
   *
   * @param served what is served until the bucket has been received
   * @param changed called when {@link #listing} has changed, on a thread of this object; must not
   *     block
   */
  public InstancesBucket(
      InstancesBucketConfig section, NatsAccess access, BucketListing served, Runnable changed) {
    this.served = served;
    this.section = section;
    this.access = access;
    this.changed = changed;
    this.status = new Status(section.name(), false, -1, null);
    this.writer = new StateWriter(new BucketState(section.state()));
    this.thread = Thread.ofVirtual().name("instances-bucket").unstarted(this::run);
  }

  /** Begins to watch the bucket. Returns at once. */
  public void start() {
    thread.start();
  }

  /** Returns the last listing; null: none received since the start. */
  public @Nullable BucketListing listing() {
    return listing;
  }

  /** Waits until the bucket has been heard, or a first attempt has failed. */
  public void awaitNews(Duration longest) {
    try {
      news.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stores the values that a start without NATS may rely on. Returns at once. */
  public void keep(BucketListing good) {
    writer.write(KeptBucket.of(good, section.name()));
  }

  /** Whether the listing comes from the bucket whose values this holds. */
  public boolean holds(BucketListing other) {
    BucketListing held = listing == null ? served : listing;
    return !other.isOf("") && other.isOf(held.bucket());
  }

  /** Whether what this stores is also what the section needs at the next start. */
  public boolean keepsFor(InstancesBucketConfig other) {
    return section.state().equals(other.state()) && section.name().equals(other.name());
  }

  /** Returns the current status. For any thread. */
  public Status status() {
    return status.with(writer.error());
  }

  /** Whether this watches the given bucket at the given servers. */
  public boolean isAt(InstancesBucketConfig otherSection, NatsAccess otherAccess) {
    return section.equals(otherSection) && access.equals(otherAccess);
  }

  /** Closes the connection and the file; waits at most 3 s for each. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT);
      writer.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      Duration pause = NatsOptions.RECONNECT_WAIT;
      try {
        follow();
      } catch (TooLargeException e) {
        problem(String.valueOf(e.getMessage()));
        pause = LARGE_PAUSE;
      } catch (IOException | JetStreamApiException e) {
        problem(String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        LOG.debug("the bucket's thread was interrupted"); // only by close()
      } catch (RuntimeException | Error e) {
        // Catches everything: without this loop the bucket would be unavailable forever.
        problem(String.valueOf(e));
      }
      sleep(pause);
    }
  }

  private void sleep(Duration pause) {
    long jitter = ThreadLocalRandom.current().nextLong(NatsOptions.RECONNECT_WAIT.toMillis());
    try {
      if (!closing) {
        Thread.sleep(pause.plusMillis(jitter));
      }
    } catch (InterruptedException e) {
      LOG.debug("the bucket's thread was interrupted"); // only by close()
    }
  }

  /** Returns only by exception, or when closed. */
  private void follow() throws IOException, InterruptedException, JetStreamApiException {
    var values = new BucketValues();
    var options =
        NatsOptions.of(
            access,
            "harbor-gateway instances",
            (connection, event) -> {
              if (event == Events.DISCONNECTED || event == Events.CLOSED) {
                values.end("the connection to NATS was lost");
              }
            },
            new Ends(values));
    try (Connection connection = Nats.connect(options)) {
      // Includes deletion markers: they distinguish an emptied bucket from a new one.
      connection.keyValue(section.name()).watchAll(values);
      while (!closing) {
        take(values.next(QUIET_MILLIS, LONGEST_WAITS));
      }
    } finally {
      if (status.isWatched()) {
        status = new Status(section.name(), false, status.keys(), null);
      }
    }
  }

  private void take(BucketValues.State state) {
    BucketListing next = new BucketListing(section.name(), state.values(), state.tooLong());
    BucketListing before = listing == null ? served : listing;
    boolean isLost = state.isNew() && !before.values().isEmpty();
    if (isLost) {
      problem("it is empty, as if it were new; what it said before stays until it has a key");
      return;
    }
    known.worked();
    if (!status.isWatched() || status.keys() != next.size()) {
      status = new Status(section.name(), true, next.size(), null);
      LOG.atInfo()
          .addKeyValue("bucket", section.name())
          .addKeyValue("keys", next.size())
          .log("instances of the bucket heard");
    }
    if (!next.equals(listing)) {
      listing = next;
      changed.run();
    }
    news.countDown();
  }

  private void problem(String text) {
    if (closing) {
      return;
    }
    status = new Status(section.name(), false, status.keys(), text);
    news.countDown();
    if (known.isNew(text)) {
      LOG.atWarn()
          .addKeyValue("bucket", section.name())
          .addKeyValue("error", text)
          .log("instances of the bucket can't be heard; what it said last stays");
    }
  }

  /** Ends the watch on anything jnats reports: the next one begins with a complete listing. */
  private record Ends(BucketValues values) implements ErrorListener {
    @Override
    public void errorOccurred(Connection connection, String error) {
      values.end(error);
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception e) {
      values.end(String.valueOf(e.getMessage()));
    }

    @Override
    public void heartbeatAlarm(
        Connection connection,
        JetStreamSubscription subscription,
        long lastStreamSequence,
        long lastConsumerSequence) {
      values.end("the bucket is silent");
    }
  }
}
