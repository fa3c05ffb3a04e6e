package io.harborgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The router and the {@link TlsHandshake} behind it, as every TLS connection has them. */
class SniRouterTest {
  private static final Instance ONE = instance(1, "one.example.com");
  private static final Instance TWO = instance(2, "two.example.com");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String HANDSHAKE_FAILURE = "15030300020228";
  private static final String NO_APPLICATION_PROTOCOL = "15030300020278";
  private static Map<Instance, InstanceCertificate> certificates = Map.of();

  private final Meters meters = new Meters();
  private final Queue<Runnable> building = new ArrayDeque<>();
  private final TlsContexts contexts =
      new TlsContexts(
          instance -> CertificateSet.of(Objects.requireNonNull(certificates.get(instance))),
          () -> TlsSettings.INTERMEDIATE,
          () -> TicketKeys.NONE,
          building::add);
  private final List<Instance> secured = new ArrayList<>();
  private final Set<Instance> down = new HashSet<>();
  private final EmbeddedChannel gateway = new EmbeddedChannel();
  private final AtomicLong memoryUsed = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final LoopLocal<MemoryRelief> relief =
      new LoopLocal<>(loop ->
          new MemoryRelief(
              loop, new MemoryBudget(1000, memoryUsed::get, memoryUsed::get, nanos::get)));
  private @Nullable EmbeddedChannel client;
  private byte[] firstFlight = {};

  private static Instance instance(int number, String name) {
    return new Instance(
        InstanceGuid.of("00000000-0000-0000-0000-00000000000" + number),
        List.of(HostName.of(name)));
  }

  @BeforeAll
  static void issue() throws CertificateProblem {
    Instant now = Instant.now();
    var authority = CertificateAuthority.create("CA", KeyType.EC_P256, now, Duration.ofDays(2));
    certificates = Map.of(ONE, issue(authority, ONE, now), TWO, issue(authority, TWO, now));
  }

  private static InstanceCertificate issue(
      CertificateAuthority authority, Instance instance, Instant now) throws CertificateProblem {
    List<String> names = List.of(instance.baseName().value());
    return authority.issue(IssueRequest.forNames(names, now, Duration.ofDays(1)));
  }

  @AfterEach
  void close() {
    gateway.finishAndReleaseAll();
    if (client != null) {
      client.finishAndReleaseAll();
    }
    contexts.close();
  }

  private void serve(Instance... instances) {
    serve(RouteTable.of(List.of(instances)));
  }

  private void serve(RouteTable routes) {
    var handshake =
        new TlsHandshake(
            meters.listener("https"),
            (instance, certificate) -> {
              secured.add(instance);
              return new ChannelInboundHandlerAdapter();
            });
    gateway.freezeTime();
    gateway
        .pipeline()
        .addLast(
            new SniRouter(
                () -> routes,
                one -> down.contains(one) ? "down" : null,
                contexts,
                new HandshakeLimits(),
                one -> null,
                TIMEOUT,
                relief),
            handshake);
  }

  /** Begins a handshake: the gateway has the ClientHello when this returns. */
  private SSLEngine connect(@Nullable String serverName, String... protocols)
      throws GeneralSecurityException {
    var context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    if (serverName != null) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    client = new EmbeddedChannel(new SslHandler(engine));
    carry(client, gateway);
    return engine;
  }

  /** Returns whether there was anything to carry. */
  private boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    boolean any = false;
    for (ByteBuf sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
      any = true;
      if (!from.equals(gateway) && firstFlight.length == 0) {
        firstFlight = ByteBufUtil.getBytes(sent);
      }
      to.writeInbound(sent);
    }
    return any;
  }

  private void build() {
    for (Runnable next = building.poll(); next != null; next = building.poll()) {
      next.run();
    }
    gateway.runPendingTasks();
  }

  private void finishHandshake() {
    build();
    EmbeddedChannel peer = Objects.requireNonNull(client);
    while (carry(gateway, peer) || carry(peer, gateway)) {
      // until neither has anything to say
    }
  }

  private String sentInHex() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf sent = gateway.readOutbound(); sent != null; sent = gateway.readOutbound()) {
      all.writeBytes(sent);
      sent.release();
    }
    return ByteBufUtil.hexDump(all);
  }

  private void assertOutcomes(int ok, int failed) {
    String counted = "harbor_gateway_tls_handshakes_total{listener=\"https\",outcome=\"%s\"} %d.0";
    String scraped = meters.scrape();
    assertThat(scraped).contains(counted.formatted("ok", ok));
    if (failed > 0) {
      assertThat(scraped).contains(counted.formatted("failed", failed));
    } else {
      assertThat(scraped).doesNotContain("outcome=\"failed\"");
    }
  }

  private void assertServed(Instance instance, SSLEngine engine) throws Exception {
    assertThat(engine.getSession().getPeerCertificates()[0])
        .isEqualTo(Objects.requireNonNull(certificates.get(instance)).leaf());
    assertThat(secured).containsExactly(instance);
    assertOutcomes(1, 0);
  }

  private void memoryUsed(int permille) {
    memoryUsed.set(permille);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(2)); // what was sampled before is too old then
  }

  /** Sends a ClientHello of 16,000 bytes without its end, in records. */
  private void sendUnfinished(int records) {
    for (int i = 0; i < records; i++) {
      ByteBuf record = gateway.alloc().buffer();
      record.writeBytes(new byte[] {0x16, 3, 1}).writeShort(2000);
      if (i == 0) {
        record.writeByte(1).writeMedium(16_000).writeZero(1996);
      } else {
        record.writeZero(2000);
      }
      gateway.writeInbound(record);
    }
  }

  @Test
  void aLargeClientHelloEndsAtOnceWhileMemoryIsScarce() {
    serve(ONE);
    memoryUsed(800);
    sendUnfinished(2);
    assertThat(gateway.isOpen()).isTrue();
    sendUnfinished(1);
    assertThat(gateway.isOpen()).isFalse();
    assertOutcomes(0, 1);
  }

  @Test
  void aLargeClientHelloIsAwaitedWhileThereIsMemory() {
    serve(ONE);
    memoryUsed(700);
    sendUnfinished(4);
    assertThat(gateway.isOpen()).isTrue();
  }

  @Test
  void onesThatHoldMuchEndWhenMemoryIsExhausted() {
    serve(ONE);
    sendUnfinished(4);
    memoryUsed(950);
    gateway.advanceTimeBy(1001, TimeUnit.MILLISECONDS);
    gateway.runPendingTasks();
    assertThat(gateway.isOpen()).isFalse();
    assertOutcomes(0, 1);
  }

  @Test
  void theServerNameChoosesTheInstance() throws Exception {
    serve(ONE, TWO);
    SSLEngine engine = connect("TWO.example.com");
    finishHandshake();
    assertServed(TWO, engine);
  }

  @Test
  void theOnlyInstanceServesAnyName() throws Exception {
    serve(ONE);
    SSLEngine engine = connect("other.example.com");
    finishHandshake();
    assertServed(ONE, engine);
  }

  @Test
  void theOnlyInstanceServesAClientWithoutServerName() throws Exception {
    serve(ONE);
    SSLEngine engine = connect(null);
    finishHandshake();
    assertServed(ONE, engine);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "other.example.com")
  void theDefaultInstanceServesAnyNameAndNone(@Nullable String name) throws Exception {
    serve(RouteTable.of(List.of(ONE, TWO)).withDefault(TWO.guid()));
    SSLEngine engine = connect(name);
    finishHandshake();
    assertServed(TWO, engine);
  }

  @Test
  void aDefaultInstanceThatIsNotThereServesNobody() throws Exception {
    serve(RouteTable.of(List.of(ONE)).withDefault(TWO.guid()));
    connect(null);
    assertThat(sentInHex()).isEqualTo(HANDSHAKE_FAILURE);
  }

  @Test
  void theClientHelloWaitsForTheCertificate() throws Exception {
    serve(ONE, TWO);
    connect("one.example.com");
    assertThat(sentInHex()).isEmpty();
    assertThat(gateway.isOpen()).isTrue();
    finishHandshake();
    assertThat(secured).containsExactly(ONE);
  }

  @Test
  void anUnknownServerNameOfSeveralInstancesIsAnsweredByTheAlert() throws Exception {
    serve(ONE, TWO);
    connect("other.example.com");
    assertThat(sentInHex()).isEqualTo(HANDSHAKE_FAILURE);
    assertOutcomes(0, 1);
    gateway.close();
    assertOutcomes(0, 1);
  }

  @Test
  void noServerNameWithSeveralInstancesIsAnsweredByTheAlert() throws Exception {
    serve(ONE, TWO);
    connect(null);
    assertThat(sentInHex()).isEqualTo(HANDSHAKE_FAILURE);
    assertOutcomes(0, 1);
    assertThat(secured).isEmpty();
  }

  @Test
  void anInstanceThatCanNotBeServedIsAnsweredByTheAlertUntilItCan() throws Exception {
    serve(ONE, TWO);
    down.add(ONE);
    connect("one.example.com");
    assertThat(sentInHex()).isEqualTo(HANDSHAKE_FAILURE);
    assertOutcomes(0, 1);
    assertThat(secured).isEmpty();
  }

  /** Its context is built, or can't be, when nobody is there any more. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatLeavesWhileItsContextIsBuiltIsCountedOnce(boolean built) throws Exception {
    serve(ONE, TWO);
    connect("one.example.com");
    gateway.close();
    if (!built) {
      certificates = Map.of();
    }
    build();
    gateway.checkException();
    assertThat(sentInHex()).isEmpty();
    assertThat(secured).isEmpty();
    assertOutcomes(0, 1);
    issue();
  }

  @Test
  void aContextThatCanNotBeBuiltIsAnsweredByTheAlert() throws Exception {
    serve(ONE, TWO);
    connect("one.example.com");
    certificates = Map.of();
    build();
    assertThat(sentInHex()).isEqualTo(HANDSHAKE_FAILURE);
    assertOutcomes(0, 1);
    issue();
  }

  @Test
  void protocolsWithoutOursAreAnsweredByTheAlert() throws Exception {
    serve(ONE);
    connect("one.example.com", "h2", "http/1.0");
    assertThat(sentInHex()).isEqualTo(NO_APPLICATION_PROTOCOL);
    assertOutcomes(0, 1);
  }

  @Test
  void protocolsWithOursAreServed() throws Exception {
    serve(ONE);
    SSLEngine engine = connect("one.example.com", "h2", "http/1.1");
    finishHandshake();
    assertThat(engine.getApplicationProtocol()).isEqualTo("http/1.1");
    assertServed(ONE, engine);
  }

  /** Whatever a ClientHello holds, it is answered, or waited for, and nothing is thrown. */
  @Test
  void aDamagedClientHelloIsNoCrash() throws Exception {
    serve(ONE);
    connect("one.example.com", "h2", "http/1.1");
    byte[] hello = firstFlight;
    finishHandshake();
    var random = new Random(7);
    for (int i = 0; i < 3_000; i++) {
      byte[] damaged = hello.clone();
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        damaged[9 + random.nextInt(damaged.length - 9)] = (byte) random.nextInt();
      }
      ByteBuf body = Unpooled.wrappedBuffer(damaged, 9, random.nextInt(damaged.length - 9));
      OfferedProtocols.lack(body, "http/1.1");
      assertThat(body.readerIndex()).isZero();
    }
    assertThat(OfferedProtocols.lack(Unpooled.wrappedBuffer(hello, 9, hello.length - 9), "h3"))
        .isTrue();
    assertThat(OfferedProtocols.lack(Unpooled.wrappedBuffer(hello, 9, hello.length - 9), "h2"))
        .isFalse();
  }

  private InstanceCertificate challenge() throws Exception {
    var authority =
        CertificateAuthority.create("x", KeyType.EC_P256, Instant.now(), Duration.ofDays(2));
    InstanceCertificate challenge = issue(authority, ONE, Instant.now());
    contexts.challenges().put("one.example.com", challenge);
    return challenge;
  }

  @Test
  void anAcmeServerSeesTheChallengeOfANameAndNoMore() throws Exception {
    InstanceCertificate challenge = challenge();
    down.add(ONE); // it has no certificate of its own yet
    serve(ONE);
    SSLEngine engine = connect("ONE.example.com", "acme-tls/1");
    finishHandshake();
    assertThat(engine.getSession().getPeerCertificates()[0]).isEqualTo(challenge.leaf());
    assertThat(engine.getApplicationProtocol()).isEqualTo("acme-tls/1");
    gateway.runPendingTasks();
    assertThat(secured).isEmpty();
    assertThat(gateway.isOpen()).isFalse();
    assertOutcomes(1, 0);
  }

  @Test
  void anotherNameHasNoChallenge() throws Exception {
    challenge();
    serve(ONE, TWO);
    connect("two.example.com", "acme-tls/1");
    build();
    assertThat(sentInHex()).isEqualTo(NO_APPLICATION_PROTOCOL);
  }

  @Test
  void aChallengeThatIsOverIsShownNoMore() throws Exception {
    challenge();
    contexts.challenges().remove("one.example.com");
    serve(ONE);
    connect("one.example.com", "acme-tls/1");
    assertThat(sentInHex()).isEqualTo(NO_APPLICATION_PROTOCOL);
  }

  @Test
  void othersAreServedWhileAChallengeIsPending() throws Exception {
    challenge();
    serve(ONE);
    SSLEngine engine = connect("one.example.com", "acme-tls/1", "http/1.1");
    finishHandshake();
    assertServed(ONE, engine);
  }

  /** Writes so many bytes, and returns the sizes of the TLS records that they are sent in. */
  private List<Integer> records(int bytes) {
    gateway.writeOutbound(Unpooled.wrappedBuffer(new byte[bytes]));
    ByteBuf all = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(sentInHex()));
    List<Integer> sizes = new ArrayList<>();
    while (all.isReadable()) {
      int length = all.skipBytes(3).readUnsignedShort();
      all.skipBytes(length);
      sizes.add(length - 17); // the type within, and the tag (RFC 8446 section 5.2)
    }
    return sizes;
  }

  @Test
  void theFirstRecordsAreSmallAndAgainAfterAPause() throws Exception {
    serve(ONE);
    connect("one.example.com");
    finishHandshake();
    assertThat(records(300)).endsWith(300); // behind a session ticket
    assertThat(records(16_384)).containsExactly(4_096, 4_096, 4_096, 4_096);
    assertThat(records(40_000)).containsExactly(16_384, 16_384, 7_232);
    gateway.advanceTimeBy(1, TimeUnit.SECONDS);
    assertThat(records(20_000)).containsExactly(16_384, 3_616);
    gateway.advanceTimeBy(1_001, TimeUnit.MILLISECONDS);
    assertThat(records(20_000)).containsExactly(4_096, 4_096, 4_096, 4_096, 3_616);
    assertThat(records(20_000)).containsExactly(16_384, 3_616);
  }

  @Test
  void theRecordsOfALargeWriteAreOneBuffer() throws Exception {
    serve(ONE);
    connect("one.example.com");
    finishHandshake();
    records(16_384);
    gateway.writeOutbound(Unpooled.wrappedBuffer(new byte[512 << 10]));
    assertThat(gateway.outboundMessages()).hasSize(1);
  }

  @Test
  void aClientThatSaysNothingIsClosedAndCountedAfterTheTimeLimit() {
    serve(ONE);
    gateway.advanceTimeBy(TIMEOUT.toMillis() - 1, TimeUnit.MILLISECONDS);
    gateway.runPendingTasks();
    assertThat(gateway.isOpen()).isTrue();
    gateway.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    gateway.runPendingTasks();
    assertThat(gateway.isOpen()).isFalse();
    assertOutcomes(0, 1);
  }

  @Test
  void aClientThatLeavesBeforeTheHandshakeIsCounted() {
    serve(ONE);
    gateway.close();
    assertOutcomes(0, 1);
  }
}
