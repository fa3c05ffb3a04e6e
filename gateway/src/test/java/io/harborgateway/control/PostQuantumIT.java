package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.AccessLog;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BoringSSL as the client of a running gateway: openssl 3.0 does not know the hybrid group. */
@Timeout(60)
class PostQuantumIT {
  @TempDir private Path folder;

  private static void send(Socket socket, ByteBuffer bytes, int length) throws IOException {
    byte[] piece = new byte[length];
    bytes.get(piece);
    socket.getOutputStream().write(piece);
  }

  /**
   * @param split where the ClientHello is cut into two segments
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 9, 700})
  void aClientHelloOfTwoSegmentsAgreesOnTheHybrid(int split) throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml = new GatewayYaml(folder).listener("https", "https", origin.address());
      try (var gateway = TestGateway.start(folder, yaml.text())) {
        assertThat(exchange(gateway, split)).startsWith("HTTP/1.1 200");

        assertThat(gateway.requests())
            .extracting(AccessLog.Entry::tls)
            .singleElement()
            .hasFieldOrPropertyWithValue("group", "X25519MLKEM768");
      }
    }
  }

  private static String exchange(TestGateway gateway, int split) throws Exception {
    SslContext context =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768"})
            .option(OpenSslContextOption.USE_TASKS, false)
            .build();
    SSLEngine engine = context.newEngine(UnpooledByteBufAllocator.DEFAULT, GatewayYaml.NAME, 443);
    ByteBuffer out = ByteBuffer.allocate(64 << 10);
    ByteBuffer in = ByteBuffer.allocate(64 << 10).flip();
    ByteBuffer received = ByteBuffer.allocate(64 << 10);
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(gateway.address("https"));
      engine.beginHandshake();
      engine.wrap(ByteBuffer.allocate(0), out);
      out.flip();
      send(socket, out, split);
      Thread.sleep(Duration.ofMillis(100));
      send(socket, out, out.remaining());
      while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
        step(socket, engine, in, received);
      }
      byte[] get =
          ("GET / HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      engine.wrap(ByteBuffer.wrap(get), out.clear());
      send(socket, out.flip(), out.remaining());
      while (received.position() == 0) {
        step(socket, engine, in, received);
      }
      return StandardCharsets.US_ASCII.decode(received.flip()).toString();
    } finally {
      ReferenceCountUtil.release(engine);
      ReferenceCountUtil.release(context);
    }
  }

  /** Takes what comes, and sends what the engine has to say. */
  private static void step(Socket socket, SSLEngine engine, ByteBuffer in, ByteBuffer received)
      throws IOException {
    if (engine.unwrap(in, received).bytesConsumed() == 0
        && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
      in.compact();
      byte[] piece = new byte[in.remaining()];
      int length = socket.getInputStream().read(piece);
      assertThat(length).as("before the end").isPositive();
      in.put(piece, 0, length).flip();
    }
    ByteBuffer out = ByteBuffer.allocate(64 << 10);
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), out);
    }
    out.flip();
    send(socket, out, out.remaining());
  }
}
