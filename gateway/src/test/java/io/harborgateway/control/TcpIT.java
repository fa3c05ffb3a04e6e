package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Curl;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.Payload;
import io.harborgateway.testkit.RawClient;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TcpIT {
  private static final Payload BODY = new Payload(64L << 20);

  @TempDir static Path folder;

  private static Origin origin;
  private static Origin six;
  private static Origin stopped;
  private static HarborNginx nginx;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    origin = Origin.start(Behaviours.echoBytes());
    six = Origin.startAt("::1", Behaviours.echoBytes());
    stopped = Origin.start(Behaviours.silent());
    nginx = HarborNginx.start(folder, origin);
    String inactivity = "inactivity: 500ms";
    var yaml =
        new GatewayYaml(folder)
            .listener("tcp", "tcp", origin.address())
            .listener("short", "tcp", origin.address(), "", inactivity)
            .listener("stopped", "tcp", stopped.address())
            .listener("nginx", "tcp", nginx.https())
            .listener("to-six", "tcp", six.address())
            .listenerAt("::1", "from-six", "tcp", origin.address(), "", "");
    gateway = TestGateway.start(folder, yaml.text());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    nginx.close();
    origin.close();
    six.close();
    stopped.close();
  }

  private static RawClient connect(String listener) throws IOException {
    return RawClient.connect(gateway.address(listener)).timeout(Duration.ofSeconds(20));
  }

  @Test
  void bytesGoBothWaysUnchangedAndTheFinFollowsThem() throws Exception {
    origin.behave(Behaviours.echoBytes());
    try (var client = connect("tcp")) {
      var sent =
          CompletableFuture.runAsync(() -> {
            try {
              BODY.writeTo(client.output());
              client.shutdownOutput();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      var digest = MessageDigest.getInstance("SHA-256");
      var in = new DigestInputStream(client.input(), digest);
      long left = BODY.length();
      byte[] block = new byte[64 << 10];
      while (left > 0) {
        int count = in.read(block, 0, (int) Math.min(block.length, left));
        assertThat(count).isPositive();
        left -= count;
      }
      assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(BODY.sha256());
      assertThat(client.readToEnd()).isEqualTo(Behaviours.ECHO_END);
      sent.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void bytesAndFinThatComeBeforeTheUpstreamIsDialledAreNotLost() throws IOException {
    origin.behave(Behaviours.echoBytes());
    for (int i = 0; i < 200; i++) {
      try (var client = connect("tcp")) {
        client.send("early " + i).shutdownOutput();
        assertThat(client.readToEnd()).isEqualTo("early " + i + Behaviours.ECHO_END);
      }
    }
  }

  @Test
  void theUpstreamsFinLeavesTheClientsDirectionOpen() throws Exception {
    var received = new CompletableFuture<String>();
    origin.behave((in, out, socket) -> {
      out.write("banner".getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      String all = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      if (!all.isEmpty()) { // not a health check
        received.complete(all);
      }
    });
    try (var client = connect("tcp")) {
      assertThat(client.readToEnd()).isEqualTo("banner");
      client.send("after the end").shutdownOutput();
      assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo("after the end");
    }
  }

  @Test
  void theUpstreamIsDialledBeforeTheClientSaysAnything() throws IOException {
    origin.behave(
        (in, out, socket) -> out.write("220 ready".getBytes(StandardCharsets.ISO_8859_1)));
    try (var client = connect("tcp")) {
      assertThat(client.readToEnd()).isEqualTo("220 ready");
    }
  }

  @Test
  void theUpstreamsResetIsPassedOn() throws IOException {
    origin.behave(Behaviours.reset());
    try (var client = connect("tcp")) {
      client.send("x").expectReset();
    }
  }

  @Test
  void theClientsResetIsPassedOn() throws Exception {
    var begun = new CountDownLatch(1);
    var end = new CompletableFuture<Throwable>();
    origin.behave((in, out, socket) -> {
      int first = in.read();
      if (first < 0) {
        return; // a health check
      }
      try {
        new DataOutputStream(out).writeByte(first);
        begun.countDown();
        in.transferTo(OutputStream.nullOutputStream());
        end.complete(new AssertionError("ended orderly"));
      } catch (IOException e) {
        end.complete(e);
      }
    });
    try (var client = connect("tcp")) {
      client.send("x").read(1);
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      client.reset();
    }
    assertThat(end.get(10, TimeUnit.SECONDS)).hasMessageContaining("reset");
  }

  @Test
  void aRefusedUpstreamIsAResetForTheClient() throws IOException {
    stopped.stop();
    assertThatThrownBy(
            () -> {
              try (var client = connect("stopped")) { // the reset may come within this already
                client.input().read();
              }
            })
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
    Await.until(
        "it is counted",
        () ->
            gateway
                .gateway()
                .plane()
                .meters()
                .scrape()
                .contains(
                    "harbor_gateway_failures_total{code=\"upstream_refused\",listener=\"stopped\"}"));
  }

  @Test
  void ipv6OnEitherSide() throws IOException {
    origin.behave(Behaviours.echoBytes());
    for (String listener : new String[] {"to-six", "from-six"}) {
      try (var client = connect(listener)) {
        client.send("six").shutdownOutput();
        assertThat(client.readToEnd()).isEqualTo("six" + Behaviours.ECHO_END);
      }
    }
  }

  @Test
  void aConnectionWithoutAByteIsClosed() throws IOException {
    origin.behave(Behaviours.silent());
    try (var client = connect("short")) {
      client.send("x").expectEnd();
    }
    Await.until("the upstream's side is closed", () -> origin.openConnections() == 0);
  }

  @Test
  void tlsPassesThroughToNginx() {
    InetSocketAddress address = gateway.address("nginx");
    String ca = nginx.certificates().ca().toString();
    var handshake =
        OpensslClient.run(
            address,
            "",
            "-servername",
            HarborNginx.NAME,
            "-CAfile",
            ca,
            "-verify_return_error",
            "-verify_hostname",
            HarborNginx.NAME);
    assertThat(handshake.succeeded().stdout()).contains("Verify return code: 0 (ok)");
    String host = HarborNginx.NAME + ":" + address.getPort();
    var answer =
        Curl.run(
            "--cacert", ca, "--resolve", host + ":127.0.0.1", "https://" + host + "/echo?a=%2F");
    assertThat(answer.succeeded().stdout()).contains("target: /echo?a=%2F", "host: " + host);
  }

  @Test
  void aClientThatIsGoneEndsTheUpstreamsConnection() throws IOException {
    origin.behave(Behaviours.silent());
    try (var client = connect("tcp")) {
      client.send("x");
      Await.until("the connection is upstream", () -> origin.openConnections() > 0);
    }
    Await.until("the upstream's side is closed", () -> origin.openConnections() == 0);
  }
}
