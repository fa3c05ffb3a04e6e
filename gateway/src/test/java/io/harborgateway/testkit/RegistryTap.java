package io.harborgateway.testkit;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Records what is registered and unregistered on NATS, in its order. */
public final class RegistryTap implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Connection connection;

  /** Guarded by this. */
  private final List<Said> said = new ArrayList<>();

  /**
   * One message.
   *
   * @param endpoints each of its names with host and port, as {@code name host:port}
   */
  public record Said(boolean registers, Set<String> endpoints, JsonNode json) {
    public boolean names(String name) {
      return endpoints.stream().anyMatch(endpoint -> endpoint.startsWith(name + " "));
    }
  }

  private RegistryTap(Connection connection) {
    this.connection = connection;
  }

  /** Listens when this returns. */
  public static RegistryTap on(NatsServer server) throws IOException, InterruptedException {
    var tap = new RegistryTap(Nats.connect(server.uri().toString()));
    tap.connection
        .createDispatcher(tap::hear)
        .subscribe("router.register")
        .subscribe("router.unregister");
    tap.flush();
    return tap;
  }

  private synchronized void hear(Message message) {
    JsonNode json = JSON.readTree(message.getData());
    int port = json.path("tls_port").asInt(json.path("port").asInt(0));
    Set<String> endpoints = new HashSet<>();
    for (JsonNode uri : json.path("uris")) {
      endpoints.add("%s %s:%d".formatted(uri.asString(), json.path("host").asString(), port));
    }
    said.add(new Said(message.getSubject().equals("router.register"), endpoints, json));
  }

  /** What was said until now. */
  public List<Said> said() {
    flush();
    synchronized (this) {
      return List.copyOf(said);
    }
  }

  /** Forgets what was said until now. */
  public void forget() {
    flush();
    synchronized (this) {
      said.clear();
    }
  }

  /** The first such message, now or within 10 s. */
  public Said await(String what, Predicate<Said> wanted) {
    Await.until(what, TIMEOUT, () -> said().stream().anyMatch(wanted));
    return said().stream().filter(wanted).findFirst().orElseThrow();
  }

  /** What routers have by what was said until now: as {@code name host:port}. */
  public Set<String> known() {
    Set<String> known = new HashSet<>();
    for (Said each : said()) {
      if (each.registers()) {
        known.addAll(each.endpoints());
      } else {
        known.removeAll(each.endpoints());
      }
    }
    return known;
  }

  private void flush() {
    try {
      connection.flush(TIMEOUT);
    } catch (Exception e) {
      throw new AssertionError("the tap has lost NATS", e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    connection.close();
  }
}
