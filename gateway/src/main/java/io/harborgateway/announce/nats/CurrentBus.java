package io.harborgateway.announce.nats;

import io.harborgateway.config.NatsTlsConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.Secret;
import io.harborgateway.lifecycle.NodeEvents;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The bus in use and, after a configuration change, the one that replaces it as soon as it is
 * connected. So no message is held up in the meantime, and a wrong server or password does no harm.
 * Thread-safe, except where noted.
 */
final class CurrentBus implements TrackedRoute.Publisher, AutoCloseable {
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);

  private final String connectionName;
  private final RegistrationMeters meters;
  private final NodeEvents events;
  private final AnnouncerThread control;
  private final MessageBus.Observer observer;

  private volatile Line current;

  /** Changed by the control thread. */
  private volatile @Nullable Line next;

  private boolean started; // confined to the control thread

  /** Whether another process speaks for this node. */
  private volatile Speech speech = Speech.ALL;

  /** The part of the configuration whose change requires a new connection. */
  private record Access(
      List<URI> servers,
      @Nullable String user,
      @Nullable Secret password,
      @Nullable Secret token,
      @Nullable Path credentials,
      @Nullable NatsTlsConfig tls,
      boolean listens) {
    static Access of(RegistrationConfig registration, boolean listens) {
      return new Access(
          registration.servers(),
          registration.user(),
          registration.password(),
          registration.token(),
          registration.credentials(),
          registration.tls(),
          listens);
    }
  }

  private record Line(Access access, MessageBus bus) {}

  /**
   * @param connectionName name under which the NATS servers list this client
   * @param listens whether to read what others announce
   * @param observer notified about both buses
   */
  CurrentBus(
      RegistrationConfig registration,
      boolean listens,
      String connectionName,
      RegistrationMeters meters,
      NodeEvents events,
      AnnouncerThread control,
      MessageBus.Observer observer) {
    this.connectionName = connectionName;
    this.meters = meters;
    this.events = events;
    this.control = control;
    this.observer = observer;
    this.current = line(registration, listens);
  }

  private Line line(RegistrationConfig registration, boolean listens) {
    var told = new Told();
    var bus = new MessageBus(registration, connectionName, listens, meters, events, told);
    told.source = bus;
    return new Line(Access.of(registration, listens), bus);
  }

  /** Begins to connect. On the control thread. */
  void start() {
    started = true;
    current.bus.start();
  }

  /** Switches to another configuration. On the control thread. */
  void change(RegistrationConfig registration, boolean listens) {
    Access wanted = Access.of(registration, listens);
    Line pending = next;
    if (wanted.equals(pending == null ? current.access : pending.access)) {
      return;
    }
    next = null;
    if (pending != null) {
      end(pending.bus);
    }
    if (wanted.equals(current.access)) {
      return;
    }
    Line begun = line(registration, listens);
    if (started) {
      next = begun;
      begun.bus.start();
    } else {
      current = begun;
    }
  }

  private void connected(MessageBus bus) {
    Line pending = next;
    if (pending == null || pending.bus != bus) {
      return;
    }
    MessageBus former = current.bus;
    current = pending;
    next = null;
    end(former);
    meters.connected(bus.status().connected());
  }

  /** Closes the bus without waiting here, after the server has received what was published. */
  private static void end(MessageBus bus) {
    bus.retire();
    Thread.ofVirtual()
        .name("nats-closer")
        .start(() -> {
          try (bus) {
            bus.flush(FLUSH_TIMEOUT);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Returns whether what others announce is read while NATS is connected. */
  boolean listens() {
    return current.access.listens;
  }

  /** Publishes only this from now on: for the rest it is as if NATS were away. */
  void speak(Speech now) {
    speech = now;
  }

  @Override
  public boolean publish(String subject, List<byte[]> messages) {
    boolean isSaid =
        switch (speech) {
          case ALL -> true;
          case FAREWELLS -> subject.equals(TrackedRoute.UNREGISTER);
          case NOTHING -> false;
        };
    return isSaid && current.bus.publish(subject, messages);
  }

  @Override
  public int maxPayload() {
    return current.bus.maxPayload();
  }

  /** See {@link MessageBus#flush}. */
  boolean flush(Duration timeout) throws InterruptedException {
    return current.bus.flush(timeout);
  }

  /** See {@link MessageBus#isDeaf}. */
  boolean isDeaf() {
    return current.bus.isDeaf();
  }

  /** See {@link MessageBus#isListening}. */
  boolean isListening() {
    return current.bus.isListening();
  }

  /** See {@link MessageBus#readAnnouncements}. */
  void readAnnouncements(BiConsumer<String, byte[]> reader) {
    current.bus.readAnnouncements(reader);
  }

  /**
   * Returns the state of the connection, including what keeps the next one from being established.
   */
  BusStatus status() {
    BusStatus now = current.bus.status();
    Line pending = next;
    String problem = pending == null ? null : pending.bus.status().lastError();
    return problem == null ? now : now.withError(problem);
  }

  /** Closes the connection; waits at most 3 s. */
  @Override
  public void close() {
    Line pending = next;
    if (pending != null) {
      pending.bus.close();
    }
    current.bus.close();
  }

  /** Observes one of the buses. */
  private final class Told implements MessageBus.Observer {
    private volatile @Nullable MessageBus source;

    @Override
    public void connected() {
      MessageBus bus = source;
      if (bus != null) {
        control.execute(() -> CurrentBus.this.connected(bus));
        observer.connected();
      }
    }

    @Override
    public void routerStarted(byte[] message) {
      observer.routerStarted(message);
    }

    @Override
    public void routerGreeted(byte[] message) {
      observer.routerGreeted(message);
    }
  }
}
