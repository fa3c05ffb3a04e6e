package io.harborgateway.announce.routingapi;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * UAA and the routing API of Cloud Foundry in one process, each on a port of its own: what they
 * check, answer and remember is written from cloudfoundry/routing-api ({@code handlers/}, {@code
 * db/db_sql.go}). What a client does against the protocol is answered with an error, and kept.
 */
public final class RoutingApiStandIn implements AutoCloseable {
  public static final String CLIENT = "gateway";

  /** With what has to be encoded. */
  public static final String SECRET = "s3cret: +%ü";

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_TTL = 120;

  /**
   * A request to the routing API with a token that was good.
   *
   * @param certificate the serial number of the client's certificate; null: it had none
   */
  record Asked(String method, String path, JsonNode body, @Nullable BigInteger certificate) {}

  /** The fields by which the API finds a mapping. */
  public record MappingKey(
      String group, int port, String ip, int backendPort, int tlsPort, String sni) {}

  private final SSLContext tls;
  private final boolean mutual;
  private final int apiPort;
  private final int uaaPort;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
  private final Map<String, String> groups = new ConcurrentHashMap<>(Map.of("default-tcp", "g-1"));
  private final Map<MappingKey, Instant> mappings = new ConcurrentHashMap<>();
  private final AtomicInteger issued = new AtomicInteger();
  private final AtomicInteger refusedTokens = new AtomicInteger();
  private final AtomicInteger refusedCredentials = new AtomicInteger();
  private final CountDownLatch closing = new CountDownLatch(1);

  private volatile String secret = SECRET;
  private volatile int tokenLifetime = 3600;
  private volatile boolean inTrouble;
  private volatile boolean hanging;
  private volatile @Nullable HttpServer api;
  private final HttpServer uaa;

  private RoutingApiStandIn(SSLContext tls, boolean mutual, int apiPort, int uaaPort)
      throws IOException {
    this.tls = tls;
    this.mutual = mutual;
    this.apiPort = apiPort;
    this.uaaPort = uaaPort;
    this.uaa = server(uaaPort, false, this::token);
    this.api = server(apiPort, mutual, this::ask);
  }

  /** Both servers, with a certificate for localhost. */
  public static RoutingApiStandIn start(TestCertificates certificates) {
    return start(certificates, false);
  }

  /** The routing API wants a client certificate of the same CA. */
  public static RoutingApiStandIn startMutual(TestCertificates certificates) {
    return start(certificates, true);
  }

  private static RoutingApiStandIn start(TestCertificates certificates, boolean mutual) {
    SSLContext tls = certificates.presenting(certificates.issue("localhost"));
    List<Integer> ports = FreePorts.loopback(2);
    try {
      return new RoutingApiStandIn(tls, mutual, ports.getFirst(), ports.getLast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpServer server(int port, boolean wantsCertificate, HttpHandler handler)
      throws IOException {
    var server =
        HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setNeedClientAuth(wantsCertificate);
            parameters.setSSLParameters(ssl);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            handler.handle(exchange);
          }
        });
    server.setExecutor(Thread::startVirtualThread);
    server.start();
    return server;
  }

  public URI apiUri() {
    return URI.create("https://localhost:" + apiPort);
  }

  /** With a slash at its end, as people write it. */
  public URI uaaUri() {
    return URI.create("https://localhost:" + uaaPort + "/");
  }

  /** The requests with a good token, in their order. */
  List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** The bodies of the requests for this path. */
  List<JsonNode> bodies(String path) {
    return asked().stream().filter(a -> a.path().equals(path)).map(Asked::body).toList();
  }

  public List<JsonNode> creates() {
    return bodies("/routing/v1/tcp_routes/create");
  }

  public List<JsonNode> deletes() {
    return bodies("/routing/v1/tcp_routes/delete");
  }

  /** The mappings whose TTL has not ended. */
  public List<MappingKey> mappings() {
    Instant now = Instant.now();
    return mappings.entrySet().stream()
        .filter(mapping -> mapping.getValue().isAfter(now))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What the client did wrong; empty in each test. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  int issuedTokens() {
    return issued.get();
  }

  int refusedTokens() {
    return refusedTokens.get();
  }

  int refusedCredentials() {
    return refusedCredentials.get();
  }

  /** No token given out so far is good any more. */
  void revokeTokens() {
    tokens.clear();
  }

  void tokenLifetime(int seconds) {
    tokenLifetime = seconds;
  }

  void secret(String other) {
    secret = other;
  }

  /** The group has this GUID from now on, and the API knows no other of it. */
  void group(String name, String guid) {
    groups.put(name, guid);
  }

  /** Answers 500 from now on, as when its database is away. */
  void inTrouble(boolean is) {
    inTrouble = is;
  }

  /** Reads requests from now on, and does not answer them. */
  void hang() {
    hanging = true;
  }

  /** Nobody listens on the routing API's port from now on. */
  void stopApi() {
    HttpServer current = api;
    api = null;
    if (current != null) {
      current.stop(0);
    }
  }

  void startApi() throws IOException {
    api = server(apiPort, mutual, this::ask);
  }

  @Override
  public void close() {
    closing.countDown();
    stopApi();
    uaa.stop(0);
  }

  private void token(HttpExchange exchange) throws IOException {
    String form = read(exchange);
    String problem = tokenRequestProblem(exchange, form);
    if (problem != null) {
      violations.add(problem);
      answer(exchange, 400, error("error", "invalid_request", problem));
      return;
    }
    if (!hasCredentials(header(exchange, "Authorization"))) {
      refusedCredentials.incrementAndGet();
      answer(
          exchange,
          401,
          JSON.createObjectNode()
              .put("error", "unauthorized")
              .put("error_description", "Bad credentials"));
      return;
    }
    String token = "token-" + issued.incrementAndGet();
    int lifetime = tokenLifetime;
    tokens.put(token, Instant.now().plusSeconds(lifetime));
    answer(
        exchange,
        200,
        JSON.createObjectNode()
            .put("access_token", token)
            .put("token_type", "bearer")
            .put("expires_in", lifetime)
            .put("scope", "routing.routes.write routing.router_groups.read")
            .put("jti", "jti"));
  }

  private static @Nullable String tokenRequestProblem(HttpExchange exchange, String form) {
    String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    if (!line.equals("POST /oauth/token")) {
      return line + " (expected: POST /oauth/token)";
    }
    if (!header(exchange, "Content-Type").equals("application/x-www-form-urlencoded")) {
      return "Content-Type: " + header(exchange, "Content-Type");
    }
    if (!header(exchange, "X-CF-ENCODED-CREDENTIALS").equals("true")) {
      return "credentials that are not encoded";
    }
    List<String> fields = List.of(form.split("&"));
    return fields.contains("grant_type=client_credentials")
            && fields.contains("token_format=jwt")
            && fields.size() == 2
        ? null
        : "form: " + form;
  }

  private boolean hasCredentials(String authorization) {
    if (!authorization.startsWith("Basic ")) {
      return false;
    }
    byte[] decoded = Base64.getDecoder().decode(authorization.substring("Basic ".length()));
    String[] pair = new String(decoded, StandardCharsets.UTF_8).split(":", -1);
    return pair.length == 2
        && URLDecoder.decode(pair[0], StandardCharsets.UTF_8).equals(CLIENT)
        && URLDecoder.decode(pair[1], StandardCharsets.UTF_8).equals(secret);
  }

  private void ask(HttpExchange exchange) throws IOException {
    String body = read(exchange);
    if (hanging) {
      hangUntilClosed();
      return;
    }
    if (!hasToken(header(exchange, "Authorization"))) {
      refusedTokens.incrementAndGet();
      answer(exchange, 401, error("name", "UnauthorizedError", "Token is expired"));
      return;
    }
    String path = exchange.getRequestURI().getPath();
    JsonNode json = JSON.readTree(body.isEmpty() ? "null" : body);
    asked.add(new Asked(exchange.getRequestMethod(), path, json, certificate(exchange)));
    if (inTrouble) {
      answer(exchange, 500, error("name", "DBCommunicationError", "connection refused"));
      return;
    }
    switch (exchange.getRequestMethod() + " " + path) {
      case "GET /routing/v1/router_groups" -> listGroups(exchange);
      case "POST /routing/v1/tcp_routes/create" -> create(exchange, json);
      case "POST /routing/v1/tcp_routes/delete" -> delete(exchange, json);
      default -> {
        violations.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        answer(exchange, 404, null);
      }
    }
  }

  private void hangUntilClosed() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hasToken(String authorization) {
    Instant expires =
        authorization.startsWith("bearer ")
            ? tokens.get(authorization.substring("bearer ".length()))
            : null;
    return expires != null && expires.isAfter(Instant.now());
  }

  private void listGroups(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    String name = URLDecoder.decode(query.replaceFirst("^name=", ""), StandardCharsets.UTF_8);
    String guid = groups.get(name);
    if (guid == null) {
      String message = "router group '" + name + "' not found";
      answer(exchange, 404, error("name", "ResourceNotFoundError", message));
      return;
    }
    var list = JSON.createArrayNode();
    list.addObject()
        .put("guid", guid)
        .put("name", name)
        .put("type", "tcp")
        .put("reservable_ports", "1024-1123");
    answer(exchange, 200, list);
  }

  private void create(HttpExchange exchange, JsonNode body) throws IOException {
    for (JsonNode mapping : body) {
      String problem = mappingProblem(mapping);
      int ttl = mapping.path("ttl").asInt(0);
      if (problem == null && (ttl < 1 || ttl > MAX_TTL)) {
        problem = "Each tcp mapping requires TTL to be less than or equal to " + MAX_TTL;
      }
      if (problem != null) {
        refuse(exchange, problem);
        return;
      }
      mappings.put(key(mapping), Instant.now().plusSeconds(ttl));
    }
    answer(exchange, 201, null);
  }

  private void delete(HttpExchange exchange, JsonNode body) throws IOException {
    for (JsonNode mapping : body) {
      String problem = mappingProblem(mapping);
      if (problem != null) {
        refuse(exchange, problem);
        return;
      }
      mappings.remove(key(mapping));
    }
    answer(exchange, 204, null);
  }

  private @Nullable String mappingProblem(JsonNode mapping) {
    MappingKey key = key(mapping);
    if (!groups.containsValue(key.group())) {
      return "router_group_guid: " + key.group() + " not found";
    }
    return key.port() > 0 && key.backendPort() > 0 && !key.ip().isEmpty()
        ? null
        : "Each tcp mapping requires ports and an address: " + mapping;
  }

  private static MappingKey key(JsonNode mapping) {
    return new MappingKey(
        mapping.path("router_group_guid").asString(""),
        mapping.path("port").asInt(0),
        mapping.path("backend_ip").asString(""),
        mapping.path("backend_port").asInt(0),
        mapping.path("backend_tls_port").asInt(0),
        mapping.path("backend_sni_hostname").asString(""));
  }

  private static void refuse(HttpExchange exchange, String problem) throws IOException {
    String message = "Cannot process request: " + problem;
    answer(exchange, 400, error("name", "ProcessRequestError", message));
  }

  private static ObjectNode error(String kind, String name, String message) {
    return JSON.createObjectNode().put(kind, name).put("message", message);
  }

  private static @Nullable BigInteger certificate(HttpExchange exchange) {
    try {
      var chain = ((HttpsExchange) exchange).getSSLSession().getPeerCertificates();
      return ((X509Certificate) chain[0]).getSerialNumber();
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  private static String read(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, int status, @Nullable JsonNode body)
      throws IOException {
    if (body == null) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
