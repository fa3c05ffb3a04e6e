package io.harborgateway.announce.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what others register and unregister on NATS, as far as the server lets this user hear it.
 * Thread-safe, but read by one thread only.
 *
 * <p>One subscription to {@code router.*} preserves the order of both. A user who may not subscribe
 * to it may still subscribe to the two subjects by name: then unregister messages are read first,
 * since a starting node unregisters right before it registers.
 *
 * <p>Where {@code router.*} is allowed and {@code router.register} denied, the server accepts the
 * subscription and silently omits what matters. So that subject is also subscribed to by name on
 * each connection, which the server then refuses, and unsubscribed at once.
 */
final class RegistryFeed {
  /** Bound on messages between two reads: 250 ms at 16,000 messages a second. */
  static final int MAX_MESSAGES = 4_096;

  static final int MAX_BYTES = 4 << 20;

  /** Time after connecting by which the server has refused whatever it refuses. */
  static final Duration ANSWER_TIME = Duration.ofSeconds(5);

  private static final String ALL = "router.*";

  private static final Logger LOG = LoggerFactory.getLogger(RegistryFeed.class);

  private final LongSupplier nanos;

  /** In the order in which they are read; empty: not connected. Changed under the lock. */
  private volatile List<Subscription> subscriptions = List.of();

  /** The server has refused a subscription on this connection. */
  private volatile boolean refused;

  private volatile long connectedAt;
  private volatile boolean deaf;

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  RegistryFeed(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Begins to listen on a new connection, before anything can be refused on it. */
  synchronized void open(Connection connection) {
    subscriptions = List.of(subscribe(connection, ALL));
  }

  /** Connected, for the first time or again. */
  synchronized void connected(Connection connection) {
    refused = false;
    connectedAt = nanos.getAsLong();
    connection.subscribe(TrackedRoute.REGISTER).unsubscribe();
  }

  /** The connection is given up. The next one will show whether others can be heard. */
  synchronized void close() {
    subscriptions = List.of();
  }

  boolean isOpen() {
    return !subscriptions.isEmpty();
  }

  /** Whether the server forbids this user to hear what others announce. */
  boolean isDeaf() {
    return deaf;
  }

  /**
   * Handles a refusal by the server, perhaps of a subscription of this feed.
   *
   * @return the error and what it means; empty if it has been dealt with, or is not new
   */
  synchronized String refused(Connection connection, String error) {
    String text = error.toLowerCase(Locale.ROOT);
    if (!isOpen() || !text.contains("permissions violation for subscription")) {
      return error;
    }
    if (text.contains(ALL)) {
      LOG.debug("subscribing by name, as {}", error);
      subscriptions.forEach(Subscription::unsubscribe);
      Subscription registered = subscribe(connection, TrackedRoute.REGISTER);
      subscriptions = List.of(subscribe(connection, TrackedRoute.UNREGISTER), registered);
      return "";
    }
    if (text.contains(TrackedRoute.REGISTER)) {
      refused = true;
      deaf = true;
      return error + ": other nodes are not heard, one is assumed";
    }
    if (text.contains(TrackedRoute.UNREGISTER)) {
      return deaf ? "" : error + ": who leaves is known by its silence only";
    }
    return error;
  }

  private static Subscription subscribe(Connection connection, String subject) {
    Subscription subscription = connection.subscribe(subject);
    subscription.setPendingLimits(MAX_MESSAGES, MAX_BYTES);
    return subscription;
  }

  /**
   * Hands over what others have announced or withdrawn since the last call. Does not wait for more.
   *
   * @param reader takes the subject and the message
   */
  void read(BiConsumer<String, byte[]> reader) {
    if (deaf && !refused && nanos.getAsLong() - connectedAt > ANSWER_TIME.toNanos()) {
      deaf = false;
    }
    try {
      for (Subscription each : subscriptions) {
        read(each, reader);
      }
    } catch (IllegalStateException e) {
      LOG.debug("the subscription ended with its connection", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void read(Subscription subscription, BiConsumer<String, byte[]> reader)
      throws InterruptedException {
    for (int i = 0; i < MAX_MESSAGES; i++) {
      Message message = subscription.nextMessage(null);
      if (message == null) {
        return;
      }
      String subject = message.getSubject();
      if (subject.equals(TrackedRoute.REGISTER) || subject.equals(TrackedRoute.UNREGISTER)) {
        reader.accept(subject, message.getData());
      }
    }
  }
}
