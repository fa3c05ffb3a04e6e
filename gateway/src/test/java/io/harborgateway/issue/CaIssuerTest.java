package io.harborgateway.issue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateDetails;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.config.IssuerConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.KeyAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaIssuerTest {
  private static final InstanceGuid GUID = InstanceGuid.of("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  private static final List<String> NAMES = List.of(GUID + ".a.test");

  @TempDir private Path folder;
  private final Instant now = Instant.now();
  private CaIssuer issuer;

  /** Nobody looks. */
  private static final Challenges NONE =
      new Challenges() {
        @Override
        public Shown answer(String token, String content) {
          throw new AssertionError("a CA of one's own does not ask");
        }

        @Override
        public Shown present(String name, InstanceCertificate certificate) {
          throw new AssertionError("a CA of one's own does not ask");
        }
      };

  @BeforeEach
  void authority() throws Exception {
    write("CA", now, Duration.ofDays(900));
    issuer = issuer(Duration.ofDays(90));
  }

  private CaIssuer issuer(Duration validity) {
    return new CaIssuer(
        new IssuerConfig(
            folder.resolve("ca.crt"),
            folder.resolve("ca.key"),
            null,
            folder.resolve("issued"),
            KeyAlgorithm.ECDSA,
            validity,
            null));
  }

  private Issuer.Issued renewed(List<String> names, Instant at) throws Exception {
    return requireNonNull(issuer.renew(GUID, names, at, NONE));
  }

  private void write(String name, Instant from, Duration validity) throws Exception {
    CertificateAuthority.create(name, KeyType.EC_P256, from, validity)
        .write(folder.resolve("ca.crt"), folder.resolve("ca.key"), OverwriteMode.REPLACE);
  }

  @Test
  void issuesWhatIsMissingAndThenNothing() throws Exception {
    Issuer.Issued first = renewed(NAMES, now);
    assertThat(first.reason()).isEqualTo("there is none");
    assertThat(issuer.pair(GUID).read()).isEqualTo(first.certificate());
    assertThat(first.certificate().keyType()).isEqualTo(KeyType.EC_P256);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(issuer.pair(GUID).key())))
        .isEqualTo("rw-------");
    assertThat(issuer.renew(GUID, NAMES, now, NONE)).isNull();
  }

  @Test
  void issuesForANameThatWasAddedAndWhenItIsDue() throws Exception {
    issuer.renew(GUID, NAMES, now, NONE);
    List<String> more = List.of(NAMES.getFirst(), GUID + ".b.a.test");
    assertThat(renewed(more, now).certificate().names()).isEqualTo(more);
    Instant later = now.plus(Duration.ofDays(61));
    assertThat(renewed(more, later).certificate().notAfter())
        .isAfter(now.plus(Duration.ofDays(150)));
  }

  @Test
  void repairsAPairOfWhichOneHalfIsMissingOrAnotherOnes() throws Exception {
    issuer.renew(GUID, NAMES, now, NONE);
    Files.delete(issuer.pair(GUID).key());
    assertThat(issuer.renew(GUID, NAMES, now, NONE)).isNotNull();
    Files.copy(
        folder.resolve("ca.key"), issuer.pair(GUID).key(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(renewed(NAMES, now).reason()).contains("does not belong to");
    Files.writeString(issuer.pair(GUID).chain(), "garbage");
    assertThat(renewed(NAMES, now).reason()).contains("no certificate");
    assertThat(issuer.pair(GUID).read().isPair()).isTrue();
  }

  @Test
  void neverEndsAfterItsCaAndDoesNotRenewAgainAndAgain() throws Exception {
    write("short", now, Duration.ofDays(5));
    InstanceCertificate issued = renewed(NAMES, now).certificate();
    assertThat(issued.notAfter()).isEqualTo(issuer.authority().end());
    for (Instant later : List.of(now.plusSeconds(1), now.plus(Duration.ofDays(4)))) {
      assertThat(issuer.renew(GUID, NAMES, later, NONE)).isNull();
    }
    assertThatThrownBy(() -> issuer.renew(GUID, NAMES, now.plus(Duration.ofDays(6)), NONE))
        .isInstanceOf(Issuer.UnusableException.class)
        .hasMessageContaining("the CA ended at");
    assertThat(issuer.pair(GUID).read()).isEqualTo(issued);
  }

  @Test
  void takesTheCaThatIsThereNow() throws Exception {
    issuer.renew(GUID, NAMES, now, NONE);
    write("another", now, Duration.ofDays(900));
    assertThat(issuer.renew(GUID, NAMES, now, NONE)).as("what works stays").isNull();
    Files.delete(issuer.pair(GUID).chain());
    assertThat(renewed(NAMES, now).certificate().issuer()).isEqualTo("CN=another");
  }

  @Test
  void withoutItsCaWhatIsThereStays() throws Exception {
    InstanceCertificate issued = renewed(NAMES, now).certificate();
    Files.delete(folder.resolve("ca.key"));
    CaIssuer restarted = issuer(Duration.ofDays(90));
    assertThat(restarted.renew(GUID, NAMES, now, NONE)).as("not needed").isNull();
    assertThatThrownBy(() -> restarted.renew(GUID, NAMES, now.plus(Duration.ofDays(70)), NONE))
        .isInstanceOf(Issuer.UnusableException.class)
        .hasMessageContaining("ca.key: no such file");
    assertThat(restarted.pair(GUID).read()).isEqualTo(issued);
  }

  @Test
  void aFolderThatCanNotBeWrittenIsNoInstancesFault() throws Exception {
    Files.writeString(folder.resolve("issued"), "a file");
    assertThatThrownBy(() -> issuer.renew(GUID, NAMES, now, NONE))
        .isInstanceOf(Issuer.UnusableException.class)
        .hasMessageContaining("cannot be written");
  }

  @Test
  void aRehearsalStoresNothingAndMakesOneKey() throws Exception {
    Issuer.Issued one = requireNonNull(issuer.rehearse(GUID, NAMES, now));
    InstanceGuid other = InstanceGuid.of("00000000-0000-4000-8000-000000000000");
    Issuer.Issued two = requireNonNull(issuer.rehearse(other, List.of(other + ".a.test"), now));
    assertThat(issuer.directory()).doesNotExist();
    assertThat(CertificateDetails.of(one.certificate().leaf()).pin())
        .isEqualTo(CertificateDetails.of(two.certificate().leaf()).pin());
    assertThat(two.certificate().names()).containsExactly(other + ".a.test");
  }
}
