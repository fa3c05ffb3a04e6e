package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Behaviour;
import io.harborgateway.testkit.HttpHead;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies and tunnels whose end is the end of the connection: a client sees a FIN only if they are
 * whole.
 */
@Timeout(60)
class UntilCloseIT {
  private static final String UNTIL_CLOSE = "HTTP/1.1 200 OK\r\n\r\nhello";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
  private static final String UPGRADE =
      "GET /x HTTP/1.1\r\nHost: " + Stand.NAME + "\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";

  @TempDir private Path folder;

  /** Answers a request with this, then does with the connection what {@code end} says. */
  private static Behaviour answering(String response, Ending ending) {
    return (in, out, socket) -> {
      if (readHead(in)) {
        out.write(response.getBytes(StandardCharsets.ISO_8859_1));
        ending.end(in, socket);
      }
    };
  }

  @FunctionalInterface
  private interface Ending {
    void end(InputStream in, Socket socket) throws IOException;
  }

  private static boolean readHead(InputStream in) throws IOException {
    var head = new StringBuilder();
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      head.append((char) octet);
      if (octet == '\n' && head.toString().endsWith("\r\n\r\n")) {
        return true;
      }
    }
    return false;
  }

  private static RawClient ask(Stand stand, String listener, String version) throws IOException {
    return stand
        .connect(listener)
        .send("GET /x HTTP/" + version + "\r\nHost: " + Stand.NAME + "\r\n\r\n");
  }

  private static void expectBody(RawClient client) throws IOException {
    HttpHead head = client.readHead();
    assertThat(head.startLine()).startsWith("HTTP/1.1 200 ");
    assertThat(client.read(5)).isEqualTo("hello");
  }

  // ---- TLS to the upstream

  /** An origin that speaks TLS, whose end is with or without the close_notify. */
  private Stand startTls(Origin origin, TestCertificates ca) throws IOException {
    String upstream =
        "{address: \"127.0.0.1:%d\", health: {kind: connect}, tls: {ca: %s, server-name: o.test}}"
            .formatted(origin.port(), ca.ca());
    return Stand.start(Files.createDirectory(folder.resolve("gateway")), upstream, upstream, "");
  }

  @ParameterizedTest
  @CsvSource({"true, http", "true, https", "false, http", "false, https"})
  void aFinOfATlsUpstreamIsNoEndWithoutItsCloseNotify(boolean notifies, String listener)
      throws IOException {
    var ca = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    try (var origin = startTls(ca, answering(UNTIL_CLOSE, (in, socket) -> {}), notifies);
        var stand = startTls(origin, ca);
        var client = ask(stand, listener, "1.1")) {
      expectBody(client);
      expectEnd(client, notifies);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, http", "true, https", "false, http", "false, https"})
  void neitherIsItTheEndOfATunnel(boolean notifies, String listener) throws IOException {
    var ca = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    try (var origin = startTls(ca, answering(SWITCH + "hello", (in, socket) -> {}), notifies);
        var stand = startTls(origin, ca);
        var client = stand.connect(listener).send(UPGRADE)) {
      assertThat(client.readHead().startLine()).startsWith("HTTP/1.1 101 ");
      assertThat(client.read(5)).isEqualTo("hello");
      expectEnd(client, notifies);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aTunnelThatTheClientEndsFirstEndsInOrder(String listener) throws IOException {
    var ca = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    Behaviour untilTheEnd =
        answering(
            SWITCH,
            (in, socket) -> {
              byte[] received = in.readAllBytes();
              if (listener.equals("http")) {
                socket.getOutputStream().write(received);
              }
            });
    try (var origin = startTls(ca, untilTheEnd, true);
        var stand = startTls(origin, ca);
        var client = stand.connect(listener).send(UPGRADE)) {
      assertThat(client.readHead().startLine()).startsWith("HTTP/1.1 101 ");
      client.send("hello").shutdownOutput();
      client.readToEnd();
    }
  }

  private static Origin startTls(TestCertificates ca, Behaviour behaviour, boolean notifies) {
    SSLContext context = ca.presenting(ca.issue("o.test"));
    return Origin.start((in, out, transport) -> {
      var tls = (SSLSocket) context.getSocketFactory().createSocket(transport, in, false);
      tls.setUseClientMode(false);
      behaviour.serve(tls.getInputStream(), tls.getOutputStream(), tls);
      if (notifies) {
        tls.close();
      }
    });
  }

  private static void expectEnd(RawClient client, boolean inOrder) throws IOException {
    if (inOrder) {
      client.expectEnd();
    } else {
      client.expectReset();
    }
  }

  // ---- what breaks

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aChunkedResponseThatBreaksDoesNotLookWholeToHttp10(String listener) throws IOException {
    try (var origin = Origin.start(answering(CHUNKED, (in, socket) -> {}));
        var stand = Stand.start(folder, origin.port());
        var client = ask(stand, listener, "1.0")) {
      expectBody(client);
      client.expectReset();
    }
  }

  @ParameterizedTest
  @CsvSource({"http, 1.0", "https, 1.0", "http, 1.1"})
  void aResponseThatTheGatewayCanNotFinishDoesNotLookWhole(String listener, String version)
      throws IOException {
    var done = new CountDownLatch(1);
    try (var origin =
        Origin.start(
            answering(
                version.equals("1.0") ? CHUNKED : UNTIL_CLOSE, (in, socket) -> await(done)))) {
      var stand = Stand.start(folder, origin.port());
      try (var client = ask(stand, listener, version)) {
        expectBody(client);
        stand.close(); // its drain's time ends before the response does
        client.expectReset();
      } finally {
        done.countDown();
      }
    }
  }

  /** Its FIN counts as gone, but it may read on. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aResponseThatIsCutBehindTheClientsFinDoesNotLookWhole(String listener) throws IOException {
    var done = new CountDownLatch(1);
    try (var origin = Origin.start(answering(UNTIL_CLOSE, (in, socket) -> await(done)));
        var stand = Stand.start(folder, origin.port());
        var client = ask(stand, listener, "1.1")) {
      expectBody(client);
      client.shutdownTransport();
      try {
        client.expectReset();
      } finally {
        done.countDown();
      }
    }
  }

  @Test
  void aWholeOneEndsInOrder() throws IOException {
    try (var origin = Origin.start(answering(CHUNKED + "0\r\n\r\n", (in, socket) -> {}));
        var stand = Stand.start(folder, origin.port());
        var client = ask(stand, "http", "1.0")) {
      expectBody(client);
      client.expectEnd();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
