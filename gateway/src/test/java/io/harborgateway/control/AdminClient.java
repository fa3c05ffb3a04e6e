package io.harborgateway.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the admin listener of a gateway as an operator does. */
public final class AdminClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  /** Of the gateway that runs on this configuration. */
  public AdminClient(GatewayYaml yaml) {
    this(yaml.adminPort());
  }

  AdminClient(int port) {
    base = URI.create("http://127.0.0.1:" + port);
  }

  /** An answer. */
  public record Answer(int status, String allow, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  /** Returns {@code /status}. */
  public JsonNode status() {
    return ask("GET", "/status").json();
  }

  Answer post(String path) {
    return ask("POST", path);
  }

  public Answer ask(String method, String path) {
    var request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("X-Harbor-Gateway", "test")
            .timeout(TIMEOUT)
            .build();
    try {
      var response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Allow").orElse(""),
          response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
