package io.harborgateway.testkit;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A test double of gorouter, from its sources: hears of endpoints on NATS, says when it starts,
 * answers greetings, and takes requests to the endpoints by its rules for connections and for
 * another attempt. Requests are method calls; HTTP/1.1 to the backends. It does not know route
 * services, wildcard routes, context paths, HTTP/2, upgrades, sticky sessions, and
 * least-connection; {@code Expect: 100-continue} is sent on, not waited for. Thread-safe.
 */
public final class Gorouter implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** {@code X-CF-APP-INSTANCE}: newer routers take nothing but a GUID for the app. */
  private static final Pattern INSTANCE =
      Pattern.compile("(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}):(\\d+)");

  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration RECONNECT_JITTER = Duration.ofMillis(10); // jnats takes no 0
  private static final Duration AWAIT_TIMEOUT = Duration.ofSeconds(10);

  private final Options options;
  private final Supplier<SSLContext> backends;
  private final EndpointTable table;
  private final Set<BackendTransport> transports = ConcurrentHashMap.newKeySet();
  private final List<RouterMessage> messages = new CopyOnWriteArrayList<>();
  private final List<String> rejected = new CopyOnWriteArrayList<>();
  private final AtomicInteger greetings = new AtomicInteger();
  private volatile int minimumInterval = 20; // seconds
  private volatile String id = "";
  private volatile Connection connection;

  private Gorouter(Options.Builder nats, Supplier<SSLContext> backends) {
    this.backends = backends;
    this.table = new EndpointTable(System::nanoTime, this::transport);
    this.options =
        nats.maxReconnects(-1)
            .reconnectWait(Duration.ofMillis(100))
            .reconnectJitter(RECONNECT_JITTER)
            .reconnectJitterTls(RECONNECT_JITTER)
            .connectionListener(this::hear)
            .build();
    this.connection = boot();
  }

  /**
   * Starts a router that is connected to this server.
   *
   * @param backends asked for each connection to a backend: what it trusts and presents there
   */
  public static Gorouter start(NatsServer nats, Supplier<SSLContext> backends) {
    return start(new Options.Builder().server(nats.uri().toString()), backends);
  }

  /**
   * Starts a router.
   *
   * @param nats servers and credentials; reconnects are for ever
   */
  public static Gorouter start(Options.Builder nats, Supplier<SSLContext> backends) {
    return new Gorouter(nats, backends);
  }

  /** Says from now on that it wants to hear of a route this often at most; 20 s unless set. */
  public void minimumInterval(int seconds) {
    minimumInterval = seconds;
  }

  /** What it calls itself in {@code router.start}; another one after each restart. */
  public String id() {
    return id;
  }

  /** Starts anew as another process would: empty, off NATS for a moment. Running requests go on. */
  public void restart() {
    close();
    table.clear();
    connection = boot();
  }

  /** What it has heard, in its order, from before a restart, too. */
  public List<RouterMessage> messages() {
    return List.copyOf(messages);
  }

  /** Messages that gorouter does not take, each with the reason. */
  public List<String> rejected() {
    return List.copyOf(rejected);
  }

  /** How many greetings it has answered. */
  public int greetings() {
    return greetings.get();
  }

  /** The endpoints of a uri, in the order of their registration. */
  public List<RouterEndpoint> endpoints(String uri) {
    return table.endpoints(uri);
  }

  /** How many connections to backends wait for a request. */
  public int idleConnections() {
    return transports.stream().mapToInt(BackendTransport::idleConnections).sum();
  }

  /** Waits until a uri has that many endpoints. */
  public void awaitEndpoints(String uri, int count, Duration atMost) {
    try {
      Await.until(
          count + " endpoints of " + uri, atMost, () -> table.endpoints(uri).size() == count);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; there are:\n" + table, e);
    }
  }

  /** Waits up to 10 s for a message, or finds it among those that were heard already. */
  public RouterMessage awaitMessage(Predicate<RouterMessage> wanted) {
    return awaitMessage(wanted, AWAIT_TIMEOUT);
  }

  /** Waits for a message, or finds it among those that were heard already. */
  public RouterMessage awaitMessage(Predicate<RouterMessage> wanted, Duration atMost) {
    try {
      Await.until("message", atMost, () -> messages.stream().anyMatch(wanted));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; there are:\n" + messages, e);
    }
    return messages.stream().filter(wanted).findFirst().orElseThrow();
  }

  /** Has a request served, and waits for the whole response, for up to 900 s. */
  public RouterResponse request(RouterRequest request) {
    EndpointPool pool = table.lookup(request.host());
    String instance = request.value(RouterRequest.APP_INSTANCE);
    if (!instance.isEmpty()) {
      Matcher parts = INSTANCE.matcher(instance);
      if (!parts.matches()) {
        return RouterResponse.ofRouter(400, "invalid_cf_app_instance_header", List.of());
      }
      pool = pool == null ? null : pool.ofInstance(parts.group(1), parts.group(2));
      if (pool == null || pool.size() == 0) {
        return RouterResponse.ofRouter(400, "unknown_route", List.of());
      }
    }
    if (pool == null) {
      return RouterResponse.ofRouter(404, "unknown_route", List.of());
    }
    if (pool.size() == 0) {
      return RouterResponse.ofRouter(503, "no_endpoints", List.of());
    }
    if (pool.isOverloaded()) {
      return RouterResponse.ofRouter(503, "Connection Limit Reached", List.of());
    }
    return RoundTripper.roundTrip(pool, request);
  }

  /** Leaves NATS and closes idle connections to backends. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while a router left NATS", e);
    }
    transports.forEach(BackendTransport::close);
    transports.clear();
  }

  private BackendTransport transport(RouterEndpoint endpoint) {
    var transport = new BackendTransport(endpoint, backends);
    transports.add(transport);
    return transport;
  }

  /**
   * Connects and says so. A real one says it before it subscribes, in the same write; here a quick
   * answer must not be lost by chance.
   */
  private Connection boot() {
    id = "0-" + UUID.randomUUID();
    try {
      Connection made = Nats.connect(options);
      Dispatcher dispatcher = made.createDispatcher(this::hear);
      dispatcher.subscribe("router.register").subscribe("router.unregister");
      dispatcher.subscribe("router.greet");
      made.publish("router.start", start());
      made.flush(FLUSH_TIMEOUT);
      return made;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while a router came to NATS", e);
    } catch (IOException | TimeoutException e) {
      throw new AssertionError("no router on NATS", e);
    }
  }

  private void hear(Connection source, Events event) {
    if (event == Events.RESUBSCRIBED) {
      source.publish("router.start", start());
    }
  }

  private void hear(Message message) {
    if (message.getSubject().equals("router.greet")) {
      if (message.getReplyTo() != null) {
        message.getConnection().publish(message.getReplyTo(), start());
        greetings.incrementAndGet();
      }
      return;
    }
    try {
      JsonNode json = JSON.readTree(message.getData());
      take(new RouterMessage(message.getSubject(), id, Instant.now(), json));
    } catch (JacksonException | IllegalArgumentException e) {
      rejected.add(e.getMessage() + " in " + new String(message.getData(), StandardCharsets.UTF_8));
    }
  }

  private void take(RouterMessage message) {
    try {
      var read = RegistryMessage.of(message.json());
      if (message.registers()) {
        table.register(read);
      } else {
        table.unregister(read);
      }
    } finally {
      messages.add(message); // last: who sees it finds the table changed
    }
  }

  private byte[] start() {
    return """
    {"id":"%s","hosts":[],"minimumRegisterIntervalInSeconds":%d,"pruneThresholdInSeconds":120}\
    """
        .formatted(id, minimumInterval)
        .getBytes(StandardCharsets.UTF_8);
  }
}
