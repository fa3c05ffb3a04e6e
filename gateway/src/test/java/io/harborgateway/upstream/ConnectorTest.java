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
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.net.UnknownHostException;
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
  private final Connector connector = new Connector(Transport.best());
  private final Origin plain =
      Origin.start(Behaviours.closeAfter("HTTP/1.1 400 Bad Request\r\n\r\n"));
  private final Origin tls = Origin.startTls(presenting(certificate), Behaviours.silent());

  @AfterAll
  void close() {
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
    assertThat(dial(gone.port(), UpstreamTls.insecure(), NAME)).contains(DialFailure.REFUSED);
  }

  @Test
  void aHostThatWasNeverResolvedIsRefused() throws Exception {
    assertThat(dial(upstream("never.invalid", plain.port(), null, NAME, Duration.ofSeconds(30))))
        .contains(DialFailure.REFUSED);
  }

  @Test
  void anAuthorityVouchesForItsCertificatesUnderTheirNameOnly() throws Exception {
    SslContext trusting = UpstreamTls.byAuthority(List.of(authority.certificate()));
    assertThat(dial(tls.port(), trusting, NAME)).isEqualTo(DIALLED);
    assertThat(dial(tls.port(), trusting, "other.test")).isEqualTo(TLS_FAILED);
  }

  @Test
  void anotherAuthorityIsNotTrusted() throws Exception {
    SslContext trusting = UpstreamTls.byAuthority(List.of(authority().certificate()));
    assertThat(dial(tls.port(), trusting, NAME)).isEqualTo(TLS_FAILED);
  }

  @Test
  void aPinVouchesForOneKeyWhateverTheName() throws Exception {
    SslContext right = UpstreamTls.byPin(Pin.of(certificate.leaf()));
    assertThat(dial(tls.port(), right, "other.test")).isEqualTo(DIALLED);
    // Of the same authority and name: the key alone makes the difference.
    SslContext wrong = UpstreamTls.byPin(Pin.of(issue(authority).leaf()));
    assertThat(dial(tls.port(), wrong, NAME)).isEqualTo(TLS_FAILED);
  }

  @Test
  void insecureTakesAnyCertificate() throws Exception {
    assertThat(dial(tls.port(), UpstreamTls.insecure(), "other.test")).isEqualTo(DIALLED);
  }

  @Test
  void aPeerWithoutTlsIsAFailureOfTls() throws Exception {
    assertThat(dial(plain.port(), UpstreamTls.insecure(), NAME)).isEqualTo(TLS_FAILED);
  }

  @Test
  void aPeerThatBreaksTheHandshakeOffIsAFailureOfTls() throws Exception {
    try (var resetting = Origin.start(Behaviours.reset());
        var closing = Origin.start(Behaviours.closeBeforeFirstByte())) {
      assertThat(dial(resetting.port(), UpstreamTls.insecure(), NAME)).isEqualTo(TLS_FAILED);
      assertThat(dial(closing.port(), UpstreamTls.insecure(), NAME)).isEqualTo(TLS_FAILED);
    }
  }

  @Test
  void aPeerThatIsSilentInTheHandshakeTimesOut() throws Exception {
    try (var silent = Origin.start(Behaviours.silent())) {
      var upstream = upstream(silent.port(), UpstreamTls.insecure(), NAME, Duration.ofMillis(300));
      upstream.resolve();
      assertThat(dial(upstream)).contains(DialFailure.TIMEOUT);
    }
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
        new Connector.Listener() {
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
