package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.HttpReader;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tunnels over TLS of which one direction has ended: the other must lose nothing. */
@Timeout(60)
class TlsHalfCloseIT {
  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
  private static final String UPGRADE =
      "GET /x HTTP/1.1\r\nHost: " + Stand.NAME + "\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";

  @TempDir private Path folder;

  private interface Tunnel {
    void serve(InputStream in, OutputStream out, Socket socket) throws IOException;
  }

  /** Returns false on the connection of a health check, which asks for nothing. */
  private static boolean switchProtocols(InputStream in, OutputStream out) throws IOException {
    if (new HttpReader(in).readHead() == null) {
      return false;
    }
    out.write(SWITCH.getBytes(StandardCharsets.ISO_8859_1));
    return true;
  }

  private static byte[] payload(int bytes) {
    byte[] payload = new byte[bytes];
    new Random(bytes).nextBytes(payload);
    return payload;
  }

  private static void assertWhole(byte[] received, int bytes) {
    assertThat(received.length).isEqualTo(bytes);
    assertThat(Arrays.equals(received, payload(bytes))).as("the same bytes").isTrue();
  }

  // ---- TLS to the client

  /**
   * An upstream that ends its direction at once, and does what {@code next} says with the other.
   */
  private Origin endingFirst(Tunnel next) {
    return Origin.start((in, out, socket) -> {
      if (switchProtocols(in, out)) {
        socket.shutdownOutput();
        next.serve(in, out, socket);
      }
    });
  }

  private static RawClient tunnelEndedByTheUpstream(Stand stand) throws IOException {
    RawClient client = stand.connect("https").send(UPGRADE);
    assertThat(client.readHead().startLine()).startsWith("HTTP/1.1 101 ");
    client.expectEnd();
    return client;
  }

  @ParameterizedTest
  @CsvSource({
    "3000, true",
    "3000, false",
    "40000, true",
    "40000, false",
    "3000000, true",
    "3000000, false"
  })
  void aClientsBytesBehindTheUpstreamsFinArriveWhole(int bytes, boolean notifies) throws Exception {
    var received = new CompletableFuture<byte[]>();
    try (var origin = endingFirst((in, out, socket) -> received.complete(in.readAllBytes()));
        var stand = Stand.start(folder, origin.port());
        var client = tunnelEndedByTheUpstream(stand)) {
      client.send(payload(bytes));
      if (notifies) {
        client.shutdownOutput();
      } else {
        client.shutdownTransport();
      }
      assertWhole(received.get(10, TimeUnit.SECONDS), bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000, 40_000})
  void theyArriveAtOnce(int bytes) throws Exception {
    var received = new CompletableFuture<byte[]>();
    try (var origin =
            endingFirst((in, out, socket) -> {
              received.complete(in.readNBytes(bytes));
              in.read();
            });
        var stand = Stand.start(folder, origin.port());
        var client = tunnelEndedByTheUpstream(stand)) {
      client.send(payload(bytes));
      assertWhole(received.get(10, TimeUnit.SECONDS), bytes);
    }
  }

  @Test
  void aClientsResetBehindTheUpstreamsFinIsPassedOn() throws Exception {
    var end = new CompletableFuture<String>();
    try (var origin =
            endingFirst((in, out, socket) -> {
              in.readNBytes(5);
              try {
                end.complete("read: " + in.read());
              } catch (SocketException e) {
                end.complete("reset");
              }
            });
        var stand = Stand.start(folder, origin.port());
        var client = tunnelEndedByTheUpstream(stand)) {
      client.send("hello");
      TimeUnit.MILLISECONDS.sleep(100); // the reset would overtake them
      client.reset();
      assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("reset");
    }
  }

  // ---- TLS to the upstream

  @ParameterizedTest
  @CsvSource({"3000, true", "3000, false", "40000, true", "40000, false"})
  void anUpstreamsBytesBehindTheClientsFinArriveWhole(int bytes, boolean notifies)
      throws Exception {
    var ca = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    SSLContext context = ca.presenting(ca.issue("o.test"));
    try (var origin =
            Origin.start((in, out, transport) -> {
              var tls = (SSLSocket) context.getSocketFactory().createSocket(transport, in, false);
              tls.setUseClientMode(false);
              if (switchProtocols(tls.getInputStream(), tls.getOutputStream())) {
                tls.getInputStream().readAllBytes();
                tls.getOutputStream().write(payload(bytes));
                if (notifies) {
                  tls.close();
                }
              }
            });
        var stand = startTls(origin, ca);
        var client = stand.connect("http").send(UPGRADE)) {
      assertThat(client.readHead().startLine()).startsWith("HTTP/1.1 101 ");
      client.shutdownOutput();
      assertWhole(client.input().readNBytes(bytes), bytes);
      if (notifies) {
        client.expectEnd();
      } else {
        client.expectReset();
      }
    }
  }

  private Stand startTls(Origin origin, TestCertificates ca) throws IOException {
    String upstream =
        "{address: \"127.0.0.1:%d\", health: {kind: connect}, tls: {ca: %s, server-name: o.test}}"
            .formatted(origin.port(), ca.ca());
    return Stand.start(Files.createDirectory(folder.resolve("gateway")), upstream, upstream, "");
  }
}
