package io.harborgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.NegotiatedTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ClientHellos of BoringSSL, whose post-quantum key share makes them larger than a segment. */
class ClientHelloTest {
  private static final Instance INSTANCE =
      new Instance(
          InstanceGuid.of("00000000-0000-0000-0000-000000000001"),
          List.of(HostName.of("one.example.com")));
  private static final int RECORD_HEADER = 5;
  private static final int SEGMENT = 1_448;

  private static final LoopLocal<MemoryRelief> RELIEF =
      new LoopLocal<>(loop ->
          new MemoryRelief(loop, new MemoryBudget(1000, () -> 0, () -> 0, System::nanoTime)));
  private static TlsContexts contexts;

  @BeforeAll
  static void start() throws Exception {
    Instant now = Instant.now();
    InstanceCertificate certificate =
        CertificateAuthority.create("CA", KeyType.EC_P256, now, Duration.ofDays(2))
            .issue(IssueRequest.forNames(INSTANCE.hostNames(), now, Duration.ofDays(1)));
    contexts =
        new TlsContexts(
            instance -> CertificateSet.of(certificate),
            () -> TlsSettings.INTERMEDIATE,
            () -> TicketKeys.NONE,
            Runnable::run);
  }

  @AfterAll
  static void stop() {
    contexts.close();
  }

  /** How the bytes of the ClientHello reach the gateway. */
  private interface Delivery {
    List<ByteBuf> pieces(byte[] hello);
  }

  private static NegotiatedTls handshake(String[] groups, Delivery delivery) throws Exception {
    SslContext context =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .option(OpenSslContextOption.GROUPS, groups)
            .option(OpenSslContextOption.USE_TASKS, false)
            .build();
    RouteTable routes = RouteTable.of(List.of(INSTANCE));
    var gateway =
        new EmbeddedChannel(
            new SniRouter(
                () -> routes,
                one -> null,
                contexts,
                new HandshakeLimits(),
                one -> null,
                Duration.ofSeconds(10),
                RELIEF),
            new TlsHandshake(
                new Meters().listener("https"),
                (one, certificate) -> new ChannelInboundHandlerAdapter()));
    SslHandler tls = context.newHandler(gateway.alloc(), "one.example.com", 443);
    var client = new EmbeddedChannel(tls);
    try {
      delivery.pieces(outbound(client)).forEach(gateway::writeInbound);
      gateway.runPendingTasks();
      while (carry(gateway, client) || carry(client, gateway)) {
        // until neither has anything to say
      }
      assertThat(tls.handshakeFuture().isSuccess()).isTrue();
      return Objects.requireNonNull(gateway.attr(NegotiatedTls.KEY).get());
    } finally {
      client.finishAndReleaseAll();
      gateway.finishAndReleaseAll();
      ReferenceCountUtil.release(context);
    }
  }

  private static byte[] outbound(EmbeddedChannel from) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
      all.writeBytes(sent);
      sent.release();
    }
    return ByteBufUtil.getBytes(all);
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    byte[] bytes = outbound(from);
    if (bytes.length > 0) {
      to.writeInbound(Unpooled.wrappedBuffer(bytes));
    }
    return bytes.length > 0;
  }

  private static List<ByteBuf> splitAt(byte[] hello, int... positions) {
    List<ByteBuf> pieces = new ArrayList<>();
    int from = 0;
    for (int position : positions) {
      pieces.add(Unpooled.copiedBuffer(hello, from, position - from));
      from = position;
    }
    pieces.add(Unpooled.copiedBuffer(hello, from, hello.length - from));
    return pieces;
  }

  /** The same message in records of so many bytes. */
  private static ByteBuf inRecords(byte[] hello, int size) {
    ByteBuf records = Unpooled.buffer();
    for (int at = RECORD_HEADER; at < hello.length; at += size) {
      int length = Math.min(size, hello.length - at);
      records.writeBytes(hello, 0, 3).writeShort(length).writeBytes(hello, at, length);
    }
    return records;
  }

  @ParameterizedTest
  @CsvSource({
    "X25519MLKEM768:X25519, X25519MLKEM768",
    "X25519:X25519MLKEM768, X25519MLKEM768", // ours comes first; asked for by a HelloRetryRequest
    "X25519:P-256, X25519",
    "P-384:P-521, P-384"
  })
  void theFirstGroupOfOursThatTheClientHasIsTaken(String offered, String group) throws Exception {
    NegotiatedTls negotiated =
        handshake(offered.split(":"), hello -> List.of(Unpooled.wrappedBuffer(hello)));

    assertThat(negotiated)
        .isEqualTo(new NegotiatedTls("TLSv1.3", negotiated.suite(), group, false));
    assertThat(negotiated.suite()).startsWith("TLS_AES_");
  }

  private static void postQuantum(Delivery delivery) throws Exception {
    NegotiatedTls negotiated = handshake(new String[] {"X25519MLKEM768"}, delivery);
    assertThat(negotiated.group()).isEqualTo("X25519MLKEM768");
  }

  @Test
  void twoSegments() throws Exception {
    postQuantum(hello -> splitAt(hello, Math.min(SEGMENT, hello.length - 100)));
  }

  /** Also within the message's own header, and just behind it. */
  @Test
  void splitWithinTheRecordHeader() throws Exception {
    for (int position = 1; position <= 12; position++) {
      int at = position;
      postQuantum(hello -> splitAt(hello, at));
      postQuantum(hello -> splitAt(hello, at, at + 1, at + 2));
    }
  }

  @Test
  void byteByByte() throws Exception {
    postQuantum(hello -> {
      int[] all = new int[hello.length - 1];
      for (int i = 0; i < all.length; i++) {
        all[i] = i + 1;
      }
      return splitAt(hello, all);
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 100, 1_000})
  void inSeveralRecords(int size) throws Exception {
    postQuantum(hello -> List.of(inRecords(hello, size)));
    postQuantum(hello -> splitAt(ByteBufUtil.getBytes(inRecords(hello, size)), 4, 7, 11, 700));
  }
}
