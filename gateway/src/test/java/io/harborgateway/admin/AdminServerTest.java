package io.harborgateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AdminServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  private final CompletableFuture<Thread> metricsThread = new CompletableFuture<>();
  private final CountDownLatch statusMayAnswer = new CountDownLatch(1);
  private final AdminServer server =
      new AdminServer(
          new AdminSources(
              new Readiness(new Drain()), this::metrics, this::slowStatus, List::of, List::of));
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private InetSocketAddress address = ANY_PORT;

  @BeforeEach
  void starts() throws IOException {
    address = server.start(ANY_PORT);
  }

  @AfterEach
  void closes() {
    statusMayAnswer.countDown();
    client.close();
    server.close();
  }

  @Test
  void answersOnTheAddressThatItBound() throws Exception {
    HttpResponse<String> response = get("/healthz");

    assertThat(address.getPort()).isPositive();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok\n");
    assertThat(response.headers().firstValue("cache-control")).contains("no-store");
  }

  @Test
  void headIsAnsweredWithoutBody() throws Exception {
    HttpResponse<String> response =
        client.send(
            request("/healthz").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValueAsLong("content-length")).hasValue(3);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void sourcesRunOnVirtualThreads() throws Exception {
    assertThat(get("/metrics").body()).isEqualTo("gateway_up 1\n");
    assertThat(metricsThread.get(10, TimeUnit.SECONDS).isVirtual()).isTrue();
  }

  @Test
  void slowSourceHoldsUpNobodyElse() throws Exception {
    CompletableFuture<HttpResponse<String>> slow =
        client.sendAsync(request("/status").build(), HttpResponse.BodyHandlers.ofString());

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(slow).isNotDone();

    statusMayAnswer.countDown();
    assertThat(slow.get(10, TimeUnit.SECONDS).body()).contains("\"late\"");
  }

  @Test
  void addressInUseIsAnErrorThatNamesIt() {
    try (var second =
        new AdminServer(
            new AdminSources(new Readiness(new Drain()), () -> "", List::of, List::of, List::of))) {
      assertThatThrownBy(() -> second.start(address))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("admin: ")
          .hasMessageContaining(Integer.toString(address.getPort()));
    }
  }

  @Test
  void nothingListensAfterClose() {
    server.close();

    assertThatThrownBy(() -> get("/healthz")).isInstanceOf(IOException.class);
  }

  private String metrics() {
    metricsThread.complete(Thread.currentThread());
    return "gateway_up 1\n";
  }

  private Object slowStatus() {
    try {
      return List.of(statusMayAnswer.await(10, TimeUnit.SECONDS) ? "late" : "never");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
        .timeout(Duration.ofSeconds(20));
  }
}
