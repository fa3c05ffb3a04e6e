package io.harborgateway.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What depends on time and on numbers; the rest is tested against openssl. */
class ClientTrustTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static CertificateAuthority authority(Duration validity) throws CertificateProblem {
    return CertificateAuthority.create("routers", KeyType.EC_P256, NOW, validity);
  }

  private static X509Certificate client(CertificateAuthority authority) throws CertificateProblem {
    var request =
        new IssueRequest(
            List.of(DnsName.parse("r.test")), List.of(), KeyType.EC_P256, true, NOW, DAY);
    return authority.issue(request).leaf();
  }

  private static ClientTrust trust(X509Certificate... authorities) {
    return new ClientTrust(List.of(authorities), List.of(), List.of(), List.of());
  }

  private static ClientRefusal refusal(ClientTrust trust, List<X509Certificate> sent, Instant at) {
    return catchThrowableOfType(ClientRefusedException.class, () -> trust.check(sent, at))
        .refusal();
  }

  @Test
  void aCertificateIsTakenWhileItIsValid() throws Exception {
    var authority = authority(DAY.multipliedBy(3));
    List<X509Certificate> sent = List.of(client(authority));
    ClientTrust trust = trust(authority.certificate());
    assertThatNoException().isThrownBy(() -> trust.check(sent, NOW));
    assertThat(refusal(trust, sent, NOW.minus(DAY))).isEqualTo(ClientRefusal.NOT_YET_VALID);
    assertThat(refusal(trust, sent, NOW.plus(DAY.multipliedBy(2))))
        .isEqualTo(ClientRefusal.EXPIRED);
  }

  @Test
  void ofTwoCasOfOneNameEitherIsFound() throws Exception {
    var old = authority(DAY.multipliedBy(3));
    var next = authority(DAY.multipliedBy(3));
    ClientTrust trust = trust(old.certificate(), next.certificate());
    for (var authority : List.of(old, next)) {
      assertThatNoException().isThrownBy(() -> trust.check(List.of(client(authority)), NOW));
    }
    assertThat(refusal(trust, List.of(client(authority(DAY.multipliedBy(3)))), NOW))
        .as("a third, of another key")
        .isEqualTo(ClientRefusal.UNKNOWN_CA);
  }

  @Test
  void aChainHasItsBounds() throws Exception {
    var authority = authority(DAY.multipliedBy(3));
    X509Certificate leaf = client(authority);
    ClientTrust trust = trust(authority.certificate());
    List<X509Certificate> most = Collections.nCopies(ClientTrust.MOST_CERTIFICATES, leaf);
    assertThatNoException().isThrownBy(() -> trust.check(most, NOW));
    assertThat(refusal(trust, Collections.nCopies(most.size() + 1, leaf), NOW))
        .isEqualTo(ClientRefusal.CHAIN_TOO_LONG);
  }

  @Test
  void theCaItselfIsNoClient() throws Exception {
    var authority = authority(DAY.multipliedBy(3));
    X509Certificate ca = authority.certificate();
    assertThat(refusal(trust(ca), List.of(ca), NOW)).isEqualTo(ClientRefusal.WRONG_USAGE);
  }
}
