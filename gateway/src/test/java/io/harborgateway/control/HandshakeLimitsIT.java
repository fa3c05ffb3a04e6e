package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.Curl;
import io.harborgateway.testkit.Origin;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bounds of handshakes; 127.0.0.1 is a stranger, 127.0.0.2 a router. */
@Timeout(60)
class HandshakeLimitsIT {
  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
  private ReloadStand stand;

  @BeforeEach
  void prepare() {
    stand = ReloadStand.prepare(folder, origin.port());
    stand.sections.add("http: {trusted-proxies: [127.0.0.2]}");
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  private void start(String limits) {
    stand.sections.add("limits: {" + limits + "}");
    stand.start();
  }

  /** A connection whose handshake has begun and does not go on. */
  private Socket stalled() throws Exception {
    var context = SSLContext.getDefault().createSSLEngine();
    context.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(32 << 10);
    context.wrap(ByteBuffer.allocate(0), hello);
    var socket = new Socket();
    socket.connect(stand.testGateway().address("https"));
    socket.getOutputStream().write(hello.array(), 0, hello.position());
    return socket;
  }

  private void connect() throws IOException {
    stand.connect(NAME).close();
  }

  private void assertRefused() {
    assertThatThrownBy(this::connect)
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("internal_error");
  }

  private boolean isAdmitted() throws IOException {
    try {
      connect();
      return true;
    } catch (SSLException e) {
      assertThat(e).hasMessageContaining("internal_error");
      return false;
    }
  }

  private Command.Result routersGet() {
    int port = stand.testGateway().address("https").getPort();
    return Curl.run(
        "--interface",
        "127.0.0.2",
        "--cacert",
        stand.certificates.ca().toString(),
        "--resolve",
        NAME + ":" + port + ":127.0.0.1",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "https://" + NAME + ":" + port + "/");
  }

  private int inProgress() {
    return stand.gateway().plane().handshakes().inProgress();
  }

  @Test
  void thoseInProgressAreBoundedExceptForRouters() throws Exception {
    start("max-handshakes: 2");
    List<Socket> open = new ArrayList<>();
    open.add(stalled());
    open.add(stalled());
    Await.until("both have begun", () -> inProgress() == 2);

    assertRefused();
    assertThat(routersGet().succeeded().stdout()).isEqualTo("200");
    assertThat(stand.gateway().plane().meters().scrape())
        .containsPattern(
            "harbor_gateway_connections_refused_total\\{limit=\"handshakes\".*} 1\\.0");

    open.removeFirst().close();
    Await.until("one is over", () -> inProgress() == 1);
    connect();
    Await.until("the next is over, too", () -> inProgress() == 1);
    open.getFirst().close();
  }

  @Test
  void theRateOfAClientIsBoundedExceptForRoutersAndByAReload() throws Exception {
    start("handshake-rate-per-client: 1");
    int admitted = 0;
    while (admitted < 100 && isAdmitted()) {
      admitted++;
    }
    assertThat(admitted).as("in ten seconds, and those that have passed").isBetween(10, 40);
    for (int i = 0; i < 12; i++) {
      assertThat(routersGet().succeeded().stdout()).isEqualTo("200");
    }
    stand.sections.removeLast();
    stand.reload();
    connect();
    assertThat(inProgress()).isZero();
  }

  @Test
  void withoutLimitsNothingIsCounted() throws Exception {
    stand.start();
    try (Socket socket = stalled()) {
      connect();
      assertThat(socket.isConnected()).isTrue();
      assertThat(inProgress()).isZero();
    }
  }
}
