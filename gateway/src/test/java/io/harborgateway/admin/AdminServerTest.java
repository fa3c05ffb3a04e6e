package io.harborgateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.testkit.Command;
import io.harborgateway.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AdminServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  private static final UpgradeAnswer NOT_UPGRADED =
      new UpgradeAnswer(false, 7, List.of("it has ended"));
  private static final ReloadAction NO_RELOAD = (dryRun, file, config) -> () -> true;

  private final CompletableFuture<Thread> metricsThread = new CompletableFuture<>();
  private final CountDownLatch statusMayAnswer = new CountDownLatch(1);
  private final AdminServer server =
      new AdminServer(
          new AdminSources(
              new Readiness(new Drain(), new NodeEvents()),
              this::metrics,
              this::slowStatus,
              List::of,
              List::of,
              List::of,
              NO_RELOAD,
              List::of,
              () -> NOT_UPGRADED),
          List.of(),
          Transport.best());
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private InetSocketAddress address = ANY_PORT;

  @BeforeEach
  void starts() throws IOException {
    address = Objects.requireNonNull(server.start(ANY_PORT, null));
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
            new AdminSources(
                new Readiness(new Drain(), new NodeEvents()),
                () -> "",
                List::of,
                List::of,
                List::of,
                List::of,
                NO_RELOAD,
                List::of,
                () -> NOT_UPGRADED),
            List.of(),
            Transport.best())) {
      assertThatThrownBy(() -> second.start(address, null))
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

  private static AdminServer another() {
    var sources =
        new AdminSources(
            new Readiness(new Drain(), new NodeEvents()),
            () -> "gateway_up 2\n",
            List::of,
            List::of,
            List::of,
            List::of,
            NO_RELOAD,
            List::of,
            () -> NOT_UPGRADED);
    return new AdminServer(sources, List.of(), Transport.best());
  }

  @Test
  void unixSocketAnswersCurlWithModeOfOwnerAndGroup(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("admin.sock");
    try (var onSocket = another()) {
      assertThat(onSocket.start(null, path)).isNull();

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-rw----");
      assertThat(curl(path, "http://localhost/metrics")).isEqualTo("gateway_up 2\n");
      assertThat(curl(path, "http://any.example/metrics"))
          .as("no Host is wrong here")
          .contains("2");
      assertThat(curl(path, "-X", "POST", "http://localhost/drain")).contains("X-Harbor-Gateway");
    }
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void connectionsThatNobodyUsesKeepNobodyOut(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("admin.sock");
    List<Socket> unused = new ArrayList<>();
    try (var both = another()) {
      InetSocketAddress port = Objects.requireNonNull(both.start(ANY_PORT, path));
      for (int i = 0; i < AdminInitializer.MAX_CONNECTIONS; i++) {
        unused.add(new Socket(port.getAddress(), port.getPort()));
      }
      assertThat(curl(path, "http://localhost/metrics")).isEqualTo("gateway_up 2\n");
      unused.getFirst().setSoTimeout(100);
      assertThatThrownBy(() -> unused.getFirst().getInputStream().read())
          .as("the socket's take no place of the port's")
          .isInstanceOf(SocketTimeoutException.class);
      String url = "http://127.0.0.1:" + port.getPort() + "/metrics";
      assertThat(Command.run(List.of("curl", "-s", "--max-time", "20", url)).stdout())
          .isEqualTo("gateway_up 2\n");
    } finally {
      for (Socket socket : unused) {
        socket.close();
      }
    }
  }

  @Test
  void unixSocketThatWasLeftBehindIsReplacedButNoOther(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("admin.sock");
    try (var stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    try (var first = another();
        var second = another()) {
      first.start(null, path);
      assertThat(curl(path, "http://localhost/metrics")).isEqualTo("gateway_up 2\n");
      assertThatThrownBy(() -> second.start(null, path))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("another process listens there");
      second.close();
      assertThat(curl(path, "http://localhost/metrics")).isEqualTo("gateway_up 2\n");
    }
    Files.writeString(path, "precious");
    try (var third = another()) {
      assertThatThrownBy(() -> third.start(null, path)).hasMessageContaining("no socket");
    }
    assertThat(path).hasContent("precious");
    try (var fourth = another()) {
      Path missing = folder.resolve("none/admin.sock");
      assertThatThrownBy(() -> fourth.start(null, missing)).hasMessageContaining("none");
    }
  }

  private static String curl(Path socket, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-s", "--max-time", "20"));
    command.addAll(List.of("--unix-socket", socket.toString()));
    command.addAll(List.of(arguments));
    return Command.run(command).succeeded().stdout();
  }

  /** Otherwise a client would wait for its answer as long as it likes. */
  @Test
  void theCloseEndsOpenConnections() throws Exception {
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(20_000);
      get("/healthz");
      server.close();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
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
