package io.harborgateway.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form in which openssl writes a key, with its certificate or without. */
class KeyFormsIT {
  private static final String RSA = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048";
  private static final String EC = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:";
  private static final String PASSPHRASE = "more than, one word";

  @TempDir private Path folder;
  private OpenSsl openssl = new OpenSsl(Path.of("."));

  @BeforeEach
  void inTheFolder() throws Exception {
    openssl = new OpenSsl(folder);
    Files.writeString(folder.resolve("pass"), PASSPHRASE + "\r\nsecond line\n");
    Files.writeString(folder.resolve("openssl.pass"), PASSPHRASE + "\n");
    Files.writeString(folder.resolve("wrong"), "another\n");
  }

  private void key(String command) throws Exception {
    openssl.run((command + " -out key.pem").split(" "));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkcs8 -topk8 -nocrypt",
        "rsa -traditional",
        "pkcs8 -topk8",
        "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA512",
        "pkcs8 -topk8 -v2 des3",
        "pkcs8 -topk8 -scrypt",
        "pkcs8 -topk8 -v1 PBE-SHA1-3DES",
        "rsa -traditional -aes256",
        "rsa -traditional -des3"
      })
  void rsaKeys(String form) throws Exception {
    key(RSA);
    RSAPrivateKey plain = (RSAPrivateKey) Pem.privateKey(file("key.pem"));
    convert(form);
    RSAPrivateKey read = (RSAPrivateKey) Pem.privateKey(file("out.pem"), pass());
    assertThat(read.getModulus()).isEqualTo(plain.getModulus());
    assertThat(read.getPrivateExponent()).isEqualTo(plain.getPrivateExponent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-256", "P-384", "P-521"})
  void ecKeysOfEachCurveAndForm(String curve) throws Exception {
    key(EC + curve);
    var plain = (ECPrivateKey) Pem.privateKey(file("key.pem"));
    for (String form :
        List.of("pkcs8 -topk8 -nocrypt", "ec", "pkcs8 -topk8", "ec -aes128", "ec -des3")) {
      convert(form);
      var read = (ECPrivateKey) Pem.privateKey(file("out.pem"), pass());
      assertThat(read.getS()).isEqualTo(plain.getS());
      assertThat(read.getParams().getCurve()).isEqualTo(plain.getParams().getCurve());
    }
  }

  private void convert(String form) throws Exception {
    List<String> command = new ArrayList<>(List.of(form.split(" ")));
    command.addAll(List.of("-in", "key.pem", "-out", "out.pem", "-passout", "file:openssl.pass"));
    openssl.run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pkcs8 -topk8", "pkcs8 -topk8 -v1 PBE-SHA1-3DES", "ec -aes256"})
  void aWrongPassphraseAndNone(String form) throws Exception {
    key(EC + "P-256");
    convert(form);
    assertThatThrownBy(() -> Pem.privateKey(file("out.pem"), SecretFile.firstLine(file("wrong"))))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage(
            file("out.pem")
                + ": the passphrase does not open it (expected: that of this key, and a cipher of AES or 3DES)")
        .hasMessageNotContaining("another");
    assertThatThrownBy(() -> Pem.privateKey(file("out.pem")))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageStartingWith(file("out.pem") + ": encrypted private key (expected: ")
        .hasMessageContaining("passphrase-file");
    Files.writeString(file("wrong"), "grüße\n");
    assertThatThrownBy(() -> Pem.privateKey(file("out.pem"), SecretFile.firstLine(file("wrong"))))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageContaining("beyond ASCII");
    Files.writeString(file("wrong"), "\nsecond line\n");
    assertThatThrownBy(() -> Pem.privateKey(file("out.pem"), SecretFile.firstLine(file("wrong"))))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageStartingWith(file("wrong") + ": empty first line");
  }

  @Test
  void aPassphraseThatIsNotNeededDoesNoHarm() throws Exception {
    key(EC + "P-256");
    assertThat(Pem.privateKey(file("key.pem"), pass())).isNotNull();
  }

  private char[] pass() throws CertificateProblem {
    return SecretFile.firstLine(file("pass"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-legacy",
        "-keypbe AES-128-CBC -certpbe NONE",
        "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
        "-descert -legacy"
      })
  void pkcs12(String form) throws Exception {
    InstanceCertificate issued = issued("a.example.com");
    export(form, "file:openssl.pass");
    InstanceCertificate read = InstanceCertificate.loadPkcs12(file("out.p12"), file("pass"));
    assertThat(read.chain()).isEqualTo(issued.chain());
    assertThat(read.key()).isEqualTo(issued.key());
    assertThat(new CertificateCheck(List.of("a.example.com"), Instant.now()).problems(read))
        .isEmpty();

    assertThatThrownBy(() -> InstanceCertificate.loadPkcs12(file("out.p12"), file("wrong")))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageStartingWith(file("out.p12") + ": not of this passphrase");
    assertThatThrownBy(() -> InstanceCertificate.loadPkcs12(file("out.p12"), null))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageStartingWith(file("out.p12") + ": needs a passphrase");
  }

  @Test
  void pkcs12OfAnEmptyPassphrase() throws Exception {
    InstanceCertificate issued = issued("a.example.com");
    export("", "pass:");
    assertThat(InstanceCertificate.loadPkcs12(file("out.p12"), null)).isEqualTo(issued);
  }

  @Test
  void pkcs12WithoutAKeyAndWhatIsNone() throws Exception {
    issued("a.example.com");
    openssl.run("pkcs12 -export -nokeys -in i.crt -out out.p12 -passout pass:x".split(" "));
    Files.writeString(file("wrong"), "x");
    assertThatThrownBy(() -> InstanceCertificate.loadPkcs12(file("out.p12"), file("wrong")))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage(file("out.p12") + ": 0 private keys (expected: one)");
    assertThatThrownBy(() -> InstanceCertificate.loadPkcs12(file("i.crt"), file("wrong")))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage(file("i.crt") + ": malformed or unsupported (expected: a PKCS#12 file)");
    assertThatThrownBy(() -> InstanceCertificate.loadPkcs12(file("none.p12"), null))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage(file("none.p12") + ": no such file (expected: a PKCS#12 file)");
  }

  /** Issues a certificate as i.crt and i.key. */
  private InstanceCertificate issued(String name) throws Exception {
    var authority =
        CertificateAuthority.create("CA", KeyType.EC_P256, Instant.now(), Duration.ofDays(2));
    InstanceCertificate issued =
        authority.issue(
            new IssueRequest(
                List.of(new DnsName(name)),
                List.of(),
                KeyType.EC_P256,
                Instant.now(),
                Duration.ofDays(1)));
    issued.write(file("i.crt"), file("i.key"), OverwriteMode.REPLACE);
    return InstanceCertificate.load(file("i.crt"), file("i.key"));
  }

  private void export(String form, String passphrase) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("pkcs12 -export -in i.crt -inkey i.key -out out.p12".split(" ")));
    command.addAll(List.of("-passout", passphrase));
    if (!form.isEmpty()) {
      command.addAll(List.of(form.split(" ")));
    }
    openssl.run(command.toArray(String[]::new));
  }
}
