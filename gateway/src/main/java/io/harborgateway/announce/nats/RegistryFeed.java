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
 * What others register and unregister on NATS, as far as the server lets this user hear it. Safe
 * for use by any thread; read by one.
 *
 * <p>One subscription to {@code router.*} has both in their order. A user who may not have it may
 * still have the two subjects by name: of those what is unregistered is read first, since who
 * starts unregisters right before it registers.
 *
 * <p>Where {@code router.*} is allowed and {@code router.register} denied, the server takes the
 * subscription, and silently leaves out what matters. So that subject is asked for by name, too, at
 * each connection, which the server refuses then, and given back at once.
 */
final class RegistryFeed {
  /** What others say between two looks at it: of 16,000 messages a second, 250 ms. */
  static final int MAX_MESSAGES = 4_096;

  static final int MAX_BYTES = 4 << 20;

  /** Within this time after a connection the server has refused what it does. */
  static final Duration ANSWER_TIME = Duration.ofSeconds(5);

  private static final String ALL = "router.*";

  private static final Logger LOG = LoggerFactory.getLogger(RegistryFeed.class);

  private final LongSupplier nanos;

  /** In the order in which they are read; none: there is no connection. Changed under the lock. */
  private volatile List<Subscription> subscriptions = List.of();

  /** The server has refused since the connection was made. */
  private volatile boolean refused;

  private volatile long connectedAt;
  private volatile boolean deaf;

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  RegistryFeed(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Begins to listen on a new connection, before which nothing is refused on it. */
  synchronized void open(Connection connection) {
    subscriptions = List.of(subscribe(connection, ALL));
  }

  /** The connection is there, for the first time or again. */
  synchronized void connected(Connection connection) {
    refused = false;
    connectedAt = nanos.getAsLong();
    connection.subscribe(TrackedRoute.REGISTER).unsubscribe();
  }

  /** The connection is given up. Whether others can be heard the next one will show. */
  synchronized void close() {
    subscriptions = List.of();
  }

  boolean isOpen() {
    return !subscriptions.isEmpty();
  }

  /** Whether what others announce is not to be heard, as the server forbids it. */
  boolean isDeaf() {
    return deaf;
  }

  /**
   * The server has refused something, perhaps a subscription of this feed.
   *
   * @return the error and what it means; empty: nothing, or nothing new
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
   * Hands over what others have announced or withdrawn since the last time. Does not wait for more.
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
