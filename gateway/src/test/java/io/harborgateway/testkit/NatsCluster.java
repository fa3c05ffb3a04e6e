package io.harborgateway.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Three real nats-servers that are one cluster, each on loopback ports of its own which it keeps. A
 * client of one of them learns of the others.
 */
public final class NatsCluster implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int SIZE = 3;
  private static final int MAX_TRIES = 100;
  private static final Duration FORM_TIMEOUT = Duration.ofSeconds(30);

  private final List<NatsServer> servers;
  private final Set<Integer> running = new TreeSet<>();

  private NatsCluster(List<NatsServer> servers) {
    this.servers = servers;
  }

  /**
   * Starts the servers and waits until each knows of all.
   *
   * @param arguments of each nats-server, in addition to those that make them a cluster
   */
  public static NatsCluster start(String... arguments) {
    List<Integer> routePorts = FreePorts.loopback(SIZE);
    String routes = routePorts.stream().map(NatsCluster::address).collect(Collectors.joining(","));
    var servers = new ArrayList<NatsServer>();
    var taken = new HashSet<>(routePorts);
    for (int routePort : routePorts) {
      var all = new ArrayList<>(List.of(arguments));
      all.addAll(List.of("--cluster_name", "test", "--cluster", address(routePort)));
      all.addAll(List.of("--routes", routes));
      servers.add(onAnotherPort(taken, all.toArray(String[]::new)));
    }
    var cluster = new NatsCluster(servers);
    try {
      cluster.startAll();
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /** Where each server listens, whether it runs or not. */
  public List<URI> uris() {
    return servers.stream().map(NatsServer::uri).toList();
  }

  /** The same for a client's options. */
  public String[] urls() {
    return uris().stream().map(URI::toString).toArray(String[]::new);
  }

  /** One of the servers, 0 to 2. */
  public NatsServer server(int index) {
    return servers.get(index);
  }

  /** Kills a server: its connections end as by a crash. */
  public void kill(int index) {
    running.remove(index);
    servers.get(index).stop();
  }

  /** Starts a server again and waits until all that run know of each other. */
  public void start(int index) {
    begin(index);
    awaitFormed();
  }

  /** Kills all of them. */
  public void killAll() {
    IntStream.range(0, SIZE).forEach(this::kill);
  }

  /** Starts all that do not run, and waits until each knows of all. */
  public void startAll() {
    IntStream.range(0, SIZE).filter(index -> !running.contains(index)).forEach(this::begin);
    awaitFormed();
  }

  @Override
  public void close() {
    running.clear();
    servers.forEach(NatsServer::close);
  }

  private void begin(int index) {
    servers.get(index).restart();
    running.add(index);
  }

  private void awaitFormed() {
    Set<String> expected =
        running.stream()
            .map(index -> "127.0.0.1:" + servers.get(index).port())
            .collect(Collectors.toSet());
    for (int index : running) {
      int port = servers.get(index).port();
      Await.until(
          "server on port " + port + " knows of " + expected,
          FORM_TIMEOUT,
          () -> known(port).containsAll(expected));
    }
  }

  /** The addresses that a server's greeting names to a client. */
  private static Set<String> known(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout((int) FORM_TIMEOUT.toMillis());
      var reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String greeting = reader.readLine();
      if (greeting == null || !greeting.startsWith("INFO ")) {
        throw new IOException("greeting: " + greeting + " (expected: INFO)");
      }
      JsonNode urls = JSON.readTree(greeting.substring("INFO ".length())).path("connect_urls");
      return urls.values().stream().map(JsonNode::stringValue).collect(Collectors.toSet());
    }
  }

  private static NatsServer onAnotherPort(Set<Integer> taken, String... arguments) {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      NatsServer server = NatsServer.stopped(arguments);
      if (taken.add(server.port())) {
        return server;
      }
      server.close();
    }
    throw new AssertionError("no free port in " + MAX_TRIES + " tries");
  }

  private static String address(int port) {
    return "nats://127.0.0.1:" + port;
  }
}
