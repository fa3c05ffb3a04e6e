package io.harborgateway.registration;

import io.harborgateway.testkit.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What gorouter does on NATS: hears of routes, says when it starts, answers greetings. */
final class Router implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final byte[] START = start(20, 120);

  private final Connection connection;
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

  /** A message on {@code router.register} or {@code router.unregister}. */
  record Heard(String subject, JsonNode message) {}

  private Router(Connection connection) {
    this.connection = connection;
  }

  private static byte[] start(int minimum, int prune) {
    return """
    {"id":"router-1","hosts":["127.0.0.1"],"minimumRegisterIntervalInSeconds":%d,\
    "pruneThresholdInSeconds":%d}\
    """
        .formatted(minimum, prune)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Listens when this returns. */
  static Router on(NatsServer server) {
    return on(new Options.Builder().server(server.uri().toString()));
  }

  static Router on(Options.Builder options) {
    try {
      var router = new Router(Nats.connect(options.build()));
      router
          .connection
          .createDispatcher(router::hear)
          .subscribe("router.register")
          .subscribe("router.unregister");
      router.connection.flush(Duration.ofSeconds(5));
      return router;
    } catch (Exception e) {
      throw new AssertionError("no router on NATS", e);
    }
  }

  /** Says that it has started, as gorouter does at boot and at reconnect. */
  void start() {
    connection.publish("router.start", START);
  }

  /** Answers greetings from now on. */
  void answerGreetings() throws Exception {
    answerGreetings(START);
  }

  /** Answers greetings from now on, as one that forgets plain routes after so many seconds. */
  void answerGreetings(int pruneSeconds) throws Exception {
    answerGreetings(start(1, pruneSeconds));
  }

  private void answerGreetings(byte[] answer) throws Exception {
    connection
        .createDispatcher(greeting -> connection.publish(greeting.getReplyTo(), answer))
        .subscribe("router.greet");
    connection.flush(Duration.ofSeconds(5));
  }

  /** The next message, waited for up to 10 s. */
  Heard next() throws InterruptedException {
    Heard next = heard.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the router heard nothing within 10 s");
    }
    return next;
  }

  /** The next message on {@code subject}; others are passed over. */
  JsonNode next(String subject) throws InterruptedException {
    while (true) {
      Heard next = next();
      if (next.subject().equals(subject)) {
        return next.message();
      }
    }
  }

  /** A message that has arrived already, or null. */
  @Nullable Heard waiting() throws Exception {
    connection.flush(Duration.ofSeconds(5));
    return heard.poll(50, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    connection.close();
  }

  private void hear(Message message) {
    heard.add(new Heard(message.getSubject(), JSON.readTree(message.getData())));
  }
}
