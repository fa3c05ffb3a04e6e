package io.harborgateway.announce.nats;

import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.lifecycle.NodeEvents;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to NATS, established and re-established without ever giving up. Being disconnected
 * is a state, not an error: nothing here throws because of it, or waits for it to end.
 *
 * <p>A virtual thread holds the connection. jnats reconnects by itself and learns further servers;
 * it gives up when the first connect fails, and when a server refuses the credentials twice. Then
 * this thread starts over, with the current credentials and PEM files.
 */
final class MessageBus implements TrackedRoute.Publisher, AutoCloseable {
  /** Observes the bus. Called by threads of jnats and of the bus; must not block. */
  interface Observer {
    /**
     * Connected, for the first time or again: the routers have missed everything new about this
     * node.
     */
    void connected();

    /** A router has started and needs every route. */
    void routerStarted(byte[] message);

    /** A router answered a greeting, stating how often it wants to hear of routes. */
    void routerGreeted(byte[] message);
  }

  static final String START = "router.start";
  static final String GREET = "router.greet";

  private static final Logger LOG = LoggerFactory.getLogger(MessageBus.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  /** Routers parse every message as JSON, and log one that is not. */
  private static final byte[] GREETING = {'{', '}'};

  /** Bound on messages waiting to be read; the jnats default is 512 Ki messages and 64 MiB. */
  private static final int MAX_PENDING_MESSAGES = 1_000;

  private static final int MAX_PENDING_BYTES = 1 << 20;

  /** The default of nats-server. */
  private static final int DEFAULT_MAX_PAYLOAD = 1 << 20;

  private final RegistrationConfig registration;
  private final String connectionName;
  private final RegistrationMeters meters;
  private final Observer observer;
  private final BusState state;
  private final Thread connector;

  private final boolean listens;

  private volatile @Nullable Connection connection;

  /** Opened only if what others announce is read. */
  private final RegistryFeed feed = new RegistryFeed(System::nanoTime);

  private volatile boolean closing;

  /**
   * @param connectionName name under which the NATS servers list this client
   * @param listens whether to read what others announce
   */
  MessageBus(
      RegistrationConfig registration,
      String connectionName,
      boolean listens,
      RegistrationMeters meters,
      NodeEvents events,
      Observer observer) {
    this.registration = registration;
    this.connectionName = connectionName;
    this.listens = listens;
    this.meters = meters;
    this.observer = observer;
    this.state = new BusState(connectionName, meters, events);
    this.connector = Thread.ofVirtual().name("nats-connector").unstarted(this::stayConnected);
  }

  /** Begins to connect. Returns at once. */
  void start() {
    connector.start();
  }

  /**
   * Hands messages to the connection. Without one, nothing is kept for later: what to publish is
   * decided when the connection is back.
   *
   * @return false if there is no connection, or it did not accept them all
   */
  @Override
  public boolean publish(String subject, List<byte[]> messages) {
    Connection current = connection;
    if (current == null || current.getStatus() != Connection.Status.CONNECTED) {
      return false;
    }
    try {
      for (byte[] message : messages) {
        current.publish(subject, message);
        meters.published(subject);
      }
      return true;
    } catch (IllegalStateException | IllegalArgumentException e) {
      // lost between the check and the call, or a message above the server's maximum
      meters.publishFailed();
      state.problem(e);
      return false;
    }
  }

  @Override
  public int maxPayload() {
    Connection current = connection;
    long most = current == null ? 0 : current.getMaxPayload();
    return most > 0 ? (int) Math.min(most, Integer.MAX_VALUE) : DEFAULT_MAX_PAYLOAD;
  }

  /**
   * Waits until the server has received what was published before.
   *
   * @return false if that is not known: no connection, or no answer in time
   */
  boolean flush(Duration timeout) throws InterruptedException {
    Connection current = connection;
    if (current == null || current.getStatus() != Connection.Status.CONNECTED) {
      return false;
    }
    try {
      current.flush(timeout);
      return true;
    } catch (TimeoutException | IllegalStateException e) {
      state.problem(e);
      return false;
    }
  }

  /** Whether the server forbids this user to hear what others announce. */
  boolean isDeaf() {
    return feed.isDeaf();
  }

  /** Whether what others announce arrives here. */
  boolean isListening() {
    Connection current = connection;
    return current != null && current.getStatus() == Connection.Status.CONNECTED && feed.isOpen();
  }

  /**
   * Hands over what others have announced or withdrawn since the last call. Does not wait for more.
   *
   * @param reader takes the subject and the message
   */
  void readAnnouncements(BiConsumer<String, byte[]> reader) {
    feed.read(reader);
  }

  /** Marks this bus as replaced by another one; it will be closed. */
  void retire() {
    state.retire();
  }

  BusStatus status() {
    return state.status();
  }

  /** Closes the connection; waits at most 3 s. */
  @Override
  public void close() {
    closing = true;
    state.closing();
    if (!connector.isAlive()) {
      return;
    }
    connector.interrupt();
    try {
      connector.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stayConnected() {
    while (!closing) {
      try {
        holdOneConnection();
        Thread.sleep(pause());
      } catch (InterruptedException e) {
        // Only close() interrupts; the loop's condition ends it.
        LOG.debug("the NATS connector was interrupted");
      }
    }
  }

  /** Returns when the connection could not be established, or jnats has given it up. */
  private void holdOneConnection() throws InterruptedException {
    Session session = new Session();
    try (Connection opened =
        Nats.connect(NatsOptions.of(registration.access(), connectionName, session, session))) {
      connection = opened;
      Dispatcher routers = opened.createDispatcher();
      routers.setPendingLimits(MAX_PENDING_MESSAGES, MAX_PENDING_BYTES);
      routers.subscribe(START, message -> observer.routerStarted(message.getData()));
      session.answers = opened.createInbox();
      routers.subscribe(session.answers, this::answered);
      if (listens) {
        feed.open(opened);
      }
      introduce(opened, session.answers);
      session.closed.await();
    } catch (IOException e) {
      // The exception says no more than "unable to connect"; the session's callbacks say why, for
      // each server.
      LOG.debug("no connection to NATS", e);
    } catch (IllegalStateException | IllegalArgumentException | UncheckedIOException e) {
      state.problem(e);
    } catch (RuntimeException | Error e) {
      // Catches everything: without this loop NATS would be disconnected forever.
      LOG.error("the connection to NATS failed; it is tried again", e);
      state.problem(String.valueOf(e));
    } finally {
      connection = null;
      feed.close();
      state.refresh(null);
    }
  }

  /**
   * Handles an answer to a greeting. Where nobody listens, the server itself answers with just a
   * status.
   */
  private void answered(Message message) {
    if (!message.isStatusMessage()) {
      observer.routerGreeted(message.getData());
    }
  }

  /**
   * Notifies the observer, and greets the routers: published rather than requested, so that all can
   * answer.
   */
  private void introduce(Connection opened, String answers) {
    state.refresh(opened);
    observer.connected();
    try {
      if (feed.isOpen()) {
        feed.connected(opened);
      }
      opened.publish(GREET, answers, GREETING);
    } catch (IllegalStateException e) {
      // already lost again; the next connection greets again
      state.problem(e);
    }
  }

  private static Duration pause() {
    return NatsOptions.RECONNECT_WAIT.plusMillis(
        ThreadLocalRandom.current().nextLong(NatsOptions.RECONNECT_JITTER.toMillis()));
  }

  /**
   * The callbacks of one jnats connection; those of a former connection no longer affect the state.
   */
  private final class Session implements ConnectionListener, ErrorListener {
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Whether the server has said why it refuses. jnats then waits for its answer in vain and
     * reports a timeout, which says less.
     */
    private volatile boolean refused;

    /** The subject on which routers answer. */
    private volatile String answers = "";

    // The interface's only abstract method; its replacement calls this one by default.
    @SuppressWarnings("deprecation")
    @Override
    public void connectionEvent(Connection source, Events event) {
      if (event == Events.CLOSED) {
        closed.countDown();
      } else if (event == Events.DISCONNECTED) {
        endIfPasswordIsRenewed(source);
      }
      if (!source.equals(connection)) {
        return;
      }
      if (event == Events.RESUBSCRIBED) {
        refused = false;
        introduce(source, answers);
      } else if (event.isConnectionEvent()) {
        state.refresh(source);
      }
    }

    @Override
    public void errorOccurred(Connection source, String error) {
      String meaning = source.equals(connection) ? feed.refused(source, error) : error;
      if (meaning.isEmpty()) {
        return;
      }
      refused = true;
      state.problem(meaning);
      endIfPasswordIsRenewed(source);
    }

    /**
     * Ends the connection if its password has been renewed: jnats keeps a password for its whole
     * life, while a new connection uses the file's current one.
     */
    private void endIfPasswordIsRenewed(Connection source) {
      if (NatsOptions.isPasswordRenewed(registration.access(), source.getOptions())) {
        closed.countDown();
      }
    }

    @Override
    public void exceptionOccurred(Connection source, Exception e) {
      if (refused && e instanceof TimeoutException) {
        LOG.debug("no connection to NATS after it refused", e);
      } else {
        state.problem(e);
      }
    }

    @Override
    public void slowConsumerDetected(Connection source, Consumer consumer) {
      state.problem("more messages on NATS than are read: some were dropped");
    }
  }
}
