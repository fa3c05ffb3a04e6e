package io.harborgateway.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.ClientRefusal;
import io.harborgateway.certs.ClientRefusedException;
import io.harborgateway.certs.ClientTrust;
import io.harborgateway.certs.Pem;
import io.harborgateway.certs.RevocationList;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRLs of a root and of an intermediate CA, made by openssl. */
class RevocationFilesTest {
  @TempDir private Path folder;
  private TestCertificates root;
  private TestCertificates middle;
  private List<X509Certificate> authorities;
  private Path file;

  @BeforeEach
  void issue() throws Exception {
    root = TestCertificates.in(Files.createDirectory(folder.resolve("root")));
    middle =
        root.intermediate(
            Files.createDirectory(folder.resolve("middle")),
            "basicConstraints = critical,CA:TRUE\nkeyUsage = keyCertSign,cRLSign\n");
    authorities = new ArrayList<>(Pem.certificates(root.ca()));
    authorities.addAll(Pem.certificates(middle.ca()));
    file = folder.resolve("file.crl");
  }

  private String list(TestCertificates authority, Issued... revoked) throws Exception {
    Path one = folder.resolve("one.crl");
    authority.revoke(one, "-crldays 1", revoked);
    return Files.readString(one);
  }

  private int lists(String text) throws Exception {
    return RevocationList.load(Files.writeString(file, text), authorities).size();
  }

  private void assertRefused(String text) {
    assertThatExceptionOfType(CertificateProblem.class).isThrownBy(() -> lists(text));
  }

  @Test
  void noListOfAFileIsLeftOut() throws Exception {
    String first = list(root);
    String second = list(middle, middle.issue("r.test"));
    assertThat(lists(first + second)).isEqualTo(2);
    assertThat(lists("text\n" + first + "text\n" + second)).isEqualTo(2);
    for (int length : new int[] {30, second.length() / 2, second.length() - 30}) {
      assertRefused(first + second.substring(0, length));
      assertRefused(second.substring(0, length));
    }
    assertRefused(first + second.substring(30));
    assertRefused(first + second.replaceFirst("\n[A-Za-z]", "\n!"));
    assertRefused("");
  }

  @Test
  void aListInDerIsReadWhole() throws Exception {
    String pem = list(root).replaceAll("-----.*-----|\n", "");
    byte[] der = Base64.getDecoder().decode(pem);
    assertThat(RevocationList.load(Files.write(file, der), authorities)).hasSize(1);
    for (int length : new int[] {1, der.length / 2, der.length - 1}) {
      Files.write(file, Arrays.copyOf(der, length));
      assertThatExceptionOfType(CertificateProblem.class)
          .isThrownBy(() -> RevocationList.load(file, authorities));
    }
  }

  @Test
  void anIntermediateThatIsTrustedItselfCanBeRevoked() throws Exception {
    List<X509Certificate> sent = Pem.certificates(middle.issue("r.test").certificate());
    var itself = new Issued(middle.ca(), middle.ca(), TestCertificates.KeyAlgorithm.EC);
    lists(list(root));
    ClientTrust before = trust();
    assertThatNoException().isThrownBy(() -> before.check(sent, Instant.now()));
    lists(list(root, itself));
    ClientTrust after = trust();
    assertThat(
            catchThrowableOfType(
                    ClientRefusedException.class, () -> after.check(sent, Instant.now()))
                .refusal())
        .isEqualTo(ClientRefusal.REVOKED);
  }

  private ClientTrust trust() throws CertificateProblem {
    return new ClientTrust(
        authorities, RevocationList.load(file, authorities), List.of(), List.of());
  }
}
