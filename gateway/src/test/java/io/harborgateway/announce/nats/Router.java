package io.harborgateway.announce.nats;

import io.harborgateway.testkit.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What gorouter does on NATS: hears of routes, says when it starts, answers greetings. What is
 * unregistered without having been registered is nothing to it, and only counted.
 */
final class Router implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final byte[] START = start(20, 120);

  private final Connection connection;
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final AtomicInteger unknown = new AtomicInteger();
  private final Set<String> greetings = ConcurrentHashMap.newKeySet();
  private volatile String inbox = "";

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
    say("router.start", START);
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
        .createDispatcher(greeting -> {
          inbox = greeting.getReplyTo();
          greetings.add(new String(greeting.getData(), StandardCharsets.UTF_8));
          connection.publish(greeting.getReplyTo(), answer);
        })
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

  /** Answers the last greeting once more. */
  void answerAgain(byte[] answer) {
    connection.publish(inbox, answer);
  }

  /** What it was greeted with. */
  Set<String> greetings() {
    return Set.copyOf(greetings);
  }

  /** How often something was unregistered that had not been registered. */
  int unknownUnregistered() {
    return unknown.get();
  }

  /** Publishes anything, as a router that is none. */
  void say(String subject, byte[] message) {
    connection.publish(subject, message);
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
    JsonNode json = JSON.readTree(message.getData());
    String endpoint = json.path("host") + " " + json.path("tls_port") + " ";
    List<String> uris =
        json.path("uris").values().stream().map(uri -> endpoint + uri.stringValue()).toList();
    if (message.getSubject().equals("router.register")) {
      known.addAll(uris);
    } else if (uris.stream().noneMatch(known::contains)) {
      unknown.incrementAndGet();
      return;
    }
    heard.add(new Heard(message.getSubject(), json));
  }
}
