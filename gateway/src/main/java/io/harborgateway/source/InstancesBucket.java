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
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the bucket of {@code instances-bucket}. NATS, JetStream or the bucket may be away at any
 * time, and for ever: what was said last stays, and nothing here throws because of it, or is waited
 * for.
 *
 * <p>A virtual thread holds the connection. Whatever goes wrong ends it, and the next one lists the
 * bucket anew: no key that came or went meanwhile is missed, and a listing counts when it is whole.
 */
public final class InstancesBucket implements AutoCloseable {
  /** More keys are not taken: they would be a fault of who fills the bucket. */
  static final int MOST_KEYS = 50_000;

  /** All values together; they are kept in memory and on disk. */
  static final long MOST_BYTES = 16L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(InstancesBucket.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  /** After a bucket that is too large: each listing of it costs its size. */
  private static final Duration LARGE_PAUSE = Duration.ofMinutes(1);

  /** How long after a change others are waited for, that come with it. */
  private static final long QUIET_MILLIS = 100;

  private static final int LONGEST_WAITS = 5;

  /**
   * How the bucket stands, for {@code /status}.
   *
   * @param isWatched whether changes are heard now
   * @param keys how many it had when it was heard last; -1: not heard since the start
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

  /**
   * Creates one that does nothing yet.
   *
   * @param served what is served until the bucket is heard
   * @param changed told when there is another {@link #listing}, by a thread of this; must not block
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

  /** Begins to look for the bucket. Returns at once. */
  public void start() {
    thread.start();
  }

  /** Returns what the bucket said last; null: it has not been heard since the start. */
  public @Nullable BucketListing listing() {
    return listing;
  }

  /** Has the values kept that a start without NATS may rely on. Returns at once. */
  public void keep(BucketListing good) {
    writer.write(good);
  }

  /** Returns how it stands. For any thread. */
  public Status status() {
    return status.with(writer.error());
  }

  /** Whether it is this bucket at these servers that is to be watched. */
  public boolean isAt(InstancesBucketConfig otherSection, NatsAccess otherAccess) {
    return section.equals(otherSection) && access.equals(otherAccess);
  }

  /** Closes the connection and the file; waits 3 s at most for each. */
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
        LOG.debug("the bucket's thread was interrupted"); // by close() alone
      } catch (RuntimeException | Error e) {
        // Whatever it is: without this loop the bucket would be away for ever.
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
      LOG.debug("the bucket's thread was interrupted"); // by close() alone
    }
  }

  /** Returns only by an exception, or when it is closed. */
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
      // Markers of what was deleted, too: they tell an emptied bucket from one that is new.
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
  }

  private void problem(String text) {
    if (closing) {
      return;
    }
    status = new Status(section.name(), false, status.keys(), text);
    if (known.isNew(text)) {
      LOG.atWarn()
          .addKeyValue("bucket", section.name())
          .addKeyValue("error", text)
          .log("instances of the bucket can't be heard; what it said last stays");
    }
  }

  /** Ends the watch by whatever jnats reports: the next one begins with a whole listing. */
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
