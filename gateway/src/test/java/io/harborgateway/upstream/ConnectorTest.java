package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.Pin;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.TcpStream;
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectorTest {
  private static final String NAME = "nginx.test";
  private static final Optional<DialFailure> DIALLED = Optional.empty();
  private static final Optional<DialFailure> TLS_FAILED = Optional.of(DialFailure.TLS);
  private static final Duration VALIDITY = Duration.ofDays(1);

  private final CertificateAuthority authority = authority();
  private final InstanceCertificate certificate = issue(authority);
  private final EventLoopGroup loops = Transport.best().newEventLoops(1, "connector-test");
  private final EventLoopGroup streamLoops = Transport.EPOLL.newEventLoops(1, "stream-test");
  private final Connector connector = new Connector(Transport.best());
  private final Origin plain =
      Origin.start(Behaviours.closeAfter("HTTP/1.1 400 Bad Request\r\n\r\n"));
  private final Origin tls = Origin.startTls(presenting(certificate), Behaviours.silent());

  @AfterAll
  void close() {
    streamLoops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    plain.close();
    tls.close();
  }

  @Test
  void dialsPlainTcp() throws Exception {
    assertThat(dial(plain.port(), null, NAME)).isEqualTo(DIALLED);
  }

  @Test
  void whereNobodyListensIsRefused() throws Exception {
    var gone = Origin.start(Behaviours.silent());
    gone.stop();
    assertThat(dial(gone.port(), null, NAME)).contains(DialFailure.REFUSED);
    assertThat(dial(gone.port(), UpstreamTls.insecure(null), NAME)).contains(DialFailure.REFUSED);
  }

  @Test
  void aHostThatWasNeverResolvedIsRefused() throws Exception {
    assertThat(dial(upstream("never.invalid", plain.port(), null, NAME, Duration.ofSeconds(30))))
        .contains(DialFailure.REFUSED);
  }

  @Test
  void anAuthorityVouchesForItsCertificatesUnderTheirNameOnly() throws Exception {
    SslContext trusting = UpstreamTls.byAuthority(List.of(authority.certificate()), null);
    assertThat(dial(tls.port(), trusting, NAME)).isEqualTo(DIALLED);
    assertThat(dial(tls.port(), trusting, "other.test")).isEqualTo(TLS_FAILED);
  }

  @Test
  void anotherAuthorityIsNotTrusted() throws Exception {
    SslContext trusting = UpstreamTls.byAuthority(List.of(authority().certificate()), null);
    assertThat(dial(tls.port(), trusting, NAME)).isEqualTo(TLS_FAILED);
  }

  @Test
  void aPinVouchesForOneKeyWhateverTheName() throws Exception {
    SslContext right = UpstreamTls.byPin(List.of(Pin.of(certificate.leaf())), null);
    assertThat(dial(tls.port(), right, "other.test")).isEqualTo(DIALLED);
    // Of the same authority and name: the key alone makes the difference.
    SslContext wrong = UpstreamTls.byPin(List.of(Pin.of(issue(authority).leaf())), null);
    assertThat(dial(tls.port(), wrong, NAME)).isEqualTo(TLS_FAILED);
  }

  @Test
  void insecureTakesAnyCertificate() throws Exception {
    assertThat(dial(tls.port(), UpstreamTls.insecure(null), "other.test")).isEqualTo(DIALLED);
  }

  @Test
  void aPeerWithoutTlsIsAFailureOfTls() throws Exception {
    assertThat(dial(plain.port(), UpstreamTls.insecure(null), NAME)).isEqualTo(TLS_FAILED);
  }

  @Test
  void aPeerThatBreaksTheHandshakeOffIsAFailureOfTls() throws Exception {
    try (var resetting = Origin.start(Behaviours.reset());
        var closing = Origin.start(Behaviours.closeBeforeFirstByte())) {
      assertThat(dial(resetting.port(), UpstreamTls.insecure(null), NAME)).isEqualTo(TLS_FAILED);
      assertThat(dial(closing.port(), UpstreamTls.insecure(null), NAME)).isEqualTo(TLS_FAILED);
    }
  }

  @Test
  void aPeerThatIsSilentInTheHandshakeTimesOut() throws Exception {
    try (var silent = Origin.start(Behaviours.silent())) {
      var upstream =
          upstream(silent.port(), UpstreamTls.insecure(null), NAME, Duration.ofMillis(300));
      upstream.resolve();
      assertThat(dial(upstream)).contains(DialFailure.TIMEOUT);
    }
  }

  @Test
  void theNextAddressOfANameIsDialledWhereOneRefusesAndThenComesFirst() throws Exception {
    var upstream = upstream("two.test", plain.port(), null, NAME, Duration.ofSeconds(30));
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    upstream.found(List.of(InetAddress.ofLiteral("127.0.0.9"), here));
    assertThat(dial(upstream)).isEqualTo(DIALLED);
    assertThat(upstream.addresses().getFirst().getAddress()).isEqualTo(here);
  }

  @Test
  void aStreamToANameIsDialledTheSameWay() throws Exception {
    var upstream = upstream("two.test", plain.port(), null, NAME, Duration.ofSeconds(30));
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    upstream.found(List.of(InetAddress.ofLiteral("127.0.0.9"), here));
    assertThat(dialStream(upstream).get(30, TimeUnit.SECONDS)).isEmpty();
    assertThat(upstream.addresses().getFirst().getAddress()).isEqualTo(here);
  }

  @Test
  void whereAllAddressesRefuseEachIsNamed() throws Exception {
    var gone = Origin.start(Behaviours.silent());
    gone.stop();
    var upstream = upstream("two.test", gone.port(), null, NAME, Duration.ofSeconds(30));
    upstream.found(List.of(InetAddress.ofLiteral("127.0.0.9"), InetAddress.ofLiteral("127.0.0.1")));
    String reason = "127.0.0.9: connection refused; 127.0.0.1: connection refused";
    assertThat(cause(upstream)).hasMessage(reason).matches(DialFailure::isRefusal);
    assertThat(dialStream(upstream).get(30, TimeUnit.SECONDS).orElseThrow()).hasMessage(reason);
  }

  @Test
  void aCertificateForAnotherNameIsNamedWithTheExpectedOne() throws Exception {
    SslContext trusting = UpstreamTls.byAuthority(List.of(authority.certificate()), null);
    assertThat(reason(tls.port(), trusting, "other.test"))
        .isEqualTo("wrong name: the certificate is for nginx.test (expected: other.test)");
    assertThat(reason(tls.port(), trusting, "127.0.0.1"))
        .isEqualTo("wrong name: the certificate is for nginx.test (expected: 127.0.0.1)");
  }

  @Test
  void anotherAuthorityIsNamed() throws Exception {
    var other = CertificateAuthority.create("other-ca", KeyType.EC_P256, Instant.now(), VALIDITY);
    SslContext trusting = UpstreamTls.byAuthority(List.of(other.certificate()), null);
    assertThat(reason(tls.port(), trusting, NAME))
        .contains("wrong CA", "signed by CN=test-ca", "CN=other-ca");
    assertThat(
            reason(
                tls.port(),
                UpstreamTls.byAuthority(List.of(authority().certificate()), null),
                NAME))
        .as("of the same name")
        .contains("wrong CA")
        .contains("CN=test-ca");
  }

  @Test
  void anotherPinIsNamed() throws Exception {
    Pin expected = Pin.of(issue(authority).leaf());
    assertThat(reason(tls.port(), UpstreamTls.byPin(List.of(expected), null), NAME))
        .isEqualTo("wrong pin: %s (expected: %s)".formatted(Pin.of(certificate.leaf()), expected));
  }

  @Test
  void anExpiredCertificateIsNamedWithItsEnd() throws Exception {
    Instant then = Instant.now().minus(Duration.ofDays(10));
    var old = CertificateAuthority.create("test-ca", KeyType.EC_P256, then, Duration.ofDays(100));
    var expired = old.issue(IssueRequest.forNames(List.of(NAME), then, Duration.ofDays(1)));
    try (var origin = Origin.startTls(presenting(expired), Behaviours.silent())) {
      assertThat(
              reason(
                  origin.port(), UpstreamTls.byAuthority(List.of(old.certificate()), null), NAME))
          .startsWith("expired: the certificate CN=nginx.test ended at ");
    }
  }

  @Test
  void otherEndsOfAHandshakeAreToldInWords() throws Exception {
    SslContext any = UpstreamTls.insecure(null);
    assertThat(reason(plain.port(), any, NAME)).isEqualTo("no TLS is spoken on this port");
    try (var resetting = Origin.start(Behaviours.reset());
        var closing = Origin.start(Behaviours.closeBeforeFirstByte());
        var silent = Origin.start(Behaviours.silent())) {
      assertThat(reason(closing.port(), any, NAME)).contains("the connection in the TLS handshake");
      assertThat(reason(resetting.port(), any, NAME))
          .contains("the connection in the TLS handshake");
      var upstream = upstream(silent.port(), any, NAME, Duration.ofMillis(300));
      assertThat(cause(upstream)).hasMessage("connected, but no TLS handshake within 300 ms");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"harbor", "harbor_nginx", "nginx.harbor_default", "nginx.test"})
  void theServerNameIsSent(String name) throws Exception {
    assertThat(helloFor(name)).contains(name);
  }

  @Test
  void anAddressIsNoServerName() throws Exception {
    assertThat(helloFor("127.0.0.1")).doesNotContain("127.0.0.1");
  }

  @Test
  void aNameWithAnUnderscoreIsVerified() throws Exception {
    var issued =
        authority.issue(
            IssueRequest.forNames(List.of("harbor_nginx"), Instant.now(), VALIDITY.dividedBy(2)));
    SslContext trusting = UpstreamTls.byAuthority(List.of(authority.certificate()), null);
    try (var origin = Origin.startTls(presenting(issued), Behaviours.silent())) {
      assertThat(reason(origin.port(), trusting, NAME))
          .isEqualTo("wrong name: the certificate is for harbor_nginx (expected: nginx.test)");
    }
  }

  /** Returns the first bytes that are sent to a server of this name. */
  private String helloFor(String serverName) throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var hello =
          CompletableFuture.supplyAsync(() -> {
            try (var accepted = server.accept()) {
              return new String(
                  accepted.getInputStream().readNBytes(200), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      dial(server.getLocalPort(), UpstreamTls.insecure(null), serverName);
      return hello.get(30, TimeUnit.SECONDS);
    }
  }

  private String reason(int port, @Nullable SslContext tls, String serverName) {
    return String.valueOf(
        cause(upstream(port, tls, serverName, Duration.ofSeconds(30))).getMessage());
  }

  private Throwable cause(Upstream upstream) {
    var result = new CompletableFuture<Throwable>();
    var loop = loops.next();
    var listener =
        new Connector.Callback() {
          @Override
          public void dialled(Channel channel) {
            channel.close();
            result.completeExceptionally(new AssertionError("dialled"));
          }

          @Override
          public void dialFailed(DialFailure failure, Throwable cause) {
            result.complete(cause);
          }
        };
    loop.submit(() -> connector.dial(loop, upstream, false, listener)).syncUninterruptibly();
    return result.orTimeout(40, TimeUnit.SECONDS).join();
  }

  private CompletableFuture<Optional<Exception>> dialStream(Upstream upstream) {
    var result = new CompletableFuture<Optional<Exception>>();
    var loop = (IoEventLoop) streamLoops.next();
    var listener =
        new TcpDial.Callback() {
          @Override
          public void connected(TcpStream stream) {
            stream.close();
            result.complete(Optional.empty());
          }

          @Override
          public void connectFailed(Exception cause) {
            result.complete(Optional.of(cause));
          }
        };
    loop.submit(() -> Connector.dialStream(loop, upstream, new Deadlines(loop), listener))
        .syncUninterruptibly();
    return result;
  }

  private Optional<DialFailure> dial(int port, @Nullable SslContext tls, String serverName)
      throws UnknownHostException {
    var upstream = upstream(port, tls, serverName, Duration.ofSeconds(30));
    upstream.resolve();
    return dial(upstream);
  }

  private Optional<DialFailure> dial(Upstream upstream) {
    var result = new CompletableFuture<Optional<DialFailure>>();
    var loop = loops.next();
    var listener =
        new Connector.Callback() {
          @Override
          public void dialled(Channel channel) {
            channel.close();
            result.complete(DIALLED);
          }

          @Override
          public void dialFailed(DialFailure failure, Throwable cause) {
            result.complete(Optional.of(failure));
          }
        };
    loop.submit(() -> connector.dial(loop, upstream, false, listener)).syncUninterruptibly();
    return result.orTimeout(40, TimeUnit.SECONDS).join();
  }

  private static Upstream upstream(
      int port, @Nullable SslContext tls, String serverName, Duration connectTimeout) {
    return upstream("127.0.0.1", port, tls, serverName, connectTimeout);
  }

  private static Upstream upstream(
      String host, int port, @Nullable SslContext tls, String serverName, Duration connectTimeout) {
    return new Upstream(
        new Upstream.Settings(
            host, port, tls, serverName, connectTimeout, 1, Duration.ofSeconds(30)));
  }

  private static CertificateAuthority authority() {
    try {
      return CertificateAuthority.create("test-ca", KeyType.EC_P256, Instant.now(), VALIDITY);
    } catch (CertificateProblem e) {
      throw new AssertionError(e);
    }
  }

  private static InstanceCertificate issue(CertificateAuthority authority) {
    try {
      // Shorter than the authority's own, which begins earlier.
      return authority.issue(
          IssueRequest.forNames(List.of(NAME), Instant.now(), VALIDITY.dividedBy(2)));
    } catch (CertificateProblem e) {
      throw new AssertionError(e);
    }
  }

  private static SSLContext presenting(InstanceCertificate certificate) {
    try {
      char[] noPassword = {};
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "nginx",
          certificate.key(),
          noPassword,
          certificate.chain().toArray(X509Certificate[]::new));
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, noPassword);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
