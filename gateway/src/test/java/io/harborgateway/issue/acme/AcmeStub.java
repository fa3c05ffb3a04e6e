package io.harborgateway.issue.acme;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An ACME server that answers a new account as it is told, takes orders, and is gone when it is
 * asked what an order needs, unless it is told otherwise.
 */
final class AcmeStub implements AutoCloseable {
  private final HttpsServer server;
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** What the account is answered with. */
  volatile int status = 201;

  volatile String problem = "";
  volatile List<String> fields = List.of();

  /** What the directory says of where the account is made. */
  volatile String scheme = "https";

  volatile String directory = "";

  /** The state in which an order is. */
  volatile String order = "pending";

  /** What an order ends with. */
  volatile String certificate = "";

  /** What is said of an authorization, one after the other; then the connection ends. */
  final Queue<String> authorizations = new ConcurrentLinkedQueue<>();

  private AcmeStub(HttpsServer server) {
    this.server = server;
  }

  static AcmeStub start(TestCertificates certificates) throws IOException {
    var server =
        HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(certificates.presenting(certificates.issue("localhost"))));
    var stub = new AcmeStub(server);
    server.createContext("/", stub::answer);
    server.start();
    return stub;
  }

  URI url() {
    return URI.create("https://localhost:" + server.getAddress().getPort() + "/directory");
  }

  private String path(String path) {
    return url().toString().replaceFirst("^https", scheme).replace("/directory", path);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      asked.add(path);
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().add("Replay-Nonce", "bm9uY2U");
      switch (path) {
        case "/directory" ->
            send(
                exchange,
                200,
                "application/json",
                directory.isEmpty()
                    ? "{\"newNonce\": \"%s\", \"newAccount\": \"%s\", \"newOrder\": \"%s\"}"
                        .formatted(path("/nonce"), path("/account"), path("/order"))
                    : directory);
        case "/nonce" -> exchange.sendResponseHeaders(200, -1);
        case "/account" -> {
          for (String field : fields) {
            String[] parts = field.split(": ", 2);
            exchange.getResponseHeaders().add(parts[0], parts[1]);
          }
          send(exchange, status, "application/problem+json", problem);
        }
        case "/order", "/order/1" -> {
          exchange.getResponseHeaders().add("Location", path("/order/1"));
          send(
              exchange,
              path.equals("/order") ? 201 : 200,
              "application/json",
              """
              {"status": "%s", "authorizations": ["%s"], "finalize": "%s", "certificate": "%s"}
              """
                  .formatted(
                      order, path("/authorization"), path("/finalize"), path("/certificate")));
        }
        case "/certificate" ->
            send(exchange, 200, "application/pem-certificate-chain", certificate);
        case "/challenge" -> send(exchange, 200, "application/json", challenge());
        case "/authorization" -> {
          String status = authorizations.poll();
          if (status != null) {
            exchange.getResponseHeaders().add("Retry-After", "86400");
            send(
                exchange,
                200,
                "application/json",
                """
                {"status": "%s", "identifier": {"type": "dns", "value": "harbor.example.test"},
                 "challenges": [%s]}
                """
                    .formatted(status, challenge()));
          }
        }
        default -> exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private String challenge() {
    return "{\"type\": \"http-01\", \"url\": \"%s\", \"status\": \"pending\", \"token\": \"dG9rZW4\"}"
        .formatted(path("/challenge"));
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
