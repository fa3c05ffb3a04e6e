package io.harborgateway.certs;

import static io.harborgateway.certs.TestCertificates.NAME;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  private static final String SOURCE = "key.pem";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"RSA/2048", "EC/256", "EC/384", "Ed25519/0"})
  void readsTheKeyItWrote(String type) throws Exception {
    String[] parts = type.split("/", -1);
    PrivateKey key = new KeyType(parts[0], Integer.parseInt(parts[1])).generate().getPrivate();
    assertThat(Pem.privateKey(Pem.text(key), SOURCE)).isEqualTo(key);
  }

  @Test
  void readsPkcs1() throws Exception {
    PrivateKey key = KeyType.RSA_2048.generate().getPrivate();
    String text = pem("RSA PRIVATE KEY", traditional(key));
    assertThat(Pem.privateKey(text, SOURCE)).isEqualTo(key);
  }

  @Test
  void readsSec1() throws Exception {
    KeyPair pair = KeyType.EC_P256.generate();
    var key = ECPrivateKey.getInstance(traditional(pair.getPrivate()));
    var curve = SECObjectIdentifiers.secp256r1;
    // openssl ecparam puts the curve before the key, as a block of its own.
    String text =
        pem("EC PARAMETERS", curve.getEncoded())
            + pem("EC PRIVATE KEY", new ECPrivateKey(256, key.getKey(), curve).getEncoded());
    assertThat(KeyType.isPair(pair.getPublic(), Pem.privateKey(text, SOURCE))).isTrue();
  }

  @Test
  void refusesSec1WithoutItsCurve() throws Exception {
    // The JDK leaves the curve out of the inner structure.
    byte[] noCurve = traditional(KeyType.EC_P256.generate().getPrivate());
    assertProblem(pem("EC PRIVATE KEY", noCurve), "EC key without its curve (expected: RFC 5915)");
  }

  @Test
  void refusesEncryptedKeysOfBothKinds() throws Exception {
    String traditional =
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF

        AAAAAAAA
        -----END RSA PRIVATE KEY-----
        """;
    assertProblem(pem("ENCRYPTED PRIVATE KEY", new byte[16]), "encrypted private key (expected: ");
    assertProblem(traditional, "encrypted private key (expected: ");
  }

  @Test
  void refusesNoKeyAndSeveral() throws Exception {
    String key = Pem.text(KeyType.EC_P256.generate().getPrivate());
    assertProblem("", "no private key (expected: one PRIVATE KEY, ");
    assertProblem(key + key, "2 private keys (expected: one PRIVATE KEY, ");
  }

  @Test
  void refusesWhatIsNoKeyInsideAndShowsNothingOfIt() {
    String text = pem("PRIVATE KEY", "not a key".getBytes(UTF_8));
    assertProblem(
        text, "malformed or unsupported PRIVATE KEY (expected: an RSA, EC or Ed25519 key)");
    assertProblem(
        pem("DSA PRIVATE KEY", new byte[8]), "DSA PRIVATE KEY (expected: PRIVATE KEY, RSA");
  }

  @Test
  void readsAChainAndItsKeyFromOneFile() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME);
    Path file = folder.resolve("both.pem");
    Files.writeString(
        file, "Prüfung\n" + Pem.text(certificate.key()) + Pem.text(certificate.chain()));
    assertThat(InstanceCertificate.load(file, file)).isEqualTo(certificate);
  }

  /** Each of these is how a leaf once got lost, and its issuer was taken for it. */
  @ParameterizedTest
  @ValueSource(strings = {"%s%s", "\ufeff%s\ufeff%s", "  \t%s\n %s", "text\n%s\nmore: text\n%s"})
  void noBlockIsHiddenByWhatStandsBeforeIt(String form) throws Exception {
    var root = TestCertificates.root("CN=root");
    var leaf = TestCertificates.below(root, "CN=leaf");
    String first = Pem.text(List.of(leaf.certificate())).strip(); // no line end behind it
    String text = form.formatted(first, Pem.text(List.of(root.certificate())));
    for (String lineEnd : List.of("\n", "\r\n", "\r")) {
      Path file = folder.resolve("chain.pem");
      Files.writeString(file, text.replace("\n", lineEnd), UTF_8);
      assertThat(Pem.certificates(file)).containsExactly(leaf.certificate(), root.certificate());
    }
    assertThat(Pem.certificates(text, "text")).hasSize(2);
  }

  @Test
  void aBlockWithoutABeginningIsNotPassedOver() throws Exception {
    String good = Pem.text(TestCertificates.instance(NAME).chain());
    for (String damaged : List.of("\u200b" + good + good, good + "-" + good, good + "x " + good)) {
      assertThatThrownBy(() -> Pem.certificates(damaged, "c"))
          .hasMessageStartingWith("c: malformed PEM in block ");
    }
    String commentedOut = good.replaceAll("(?m)^", "# ");
    assertThat(Pem.certificates(commentedOut + good, "c")).hasSize(1);
  }

  @Test
  void namesAnEncodingThatItDoesNotRead() throws Exception {
    Path file = folder.resolve("utf-16.pem");
    Files.writeString(file, Pem.text(TestCertificates.instance(NAME).chain()), UTF_16);
    assertThatThrownBy(() -> Pem.certificates(file))
        .hasMessage(file + ": UTF-16 (expected: a PEM file in ASCII or UTF-8)");
  }

  @Test
  void keepsTheOrderOfAChain() throws Exception {
    var root = TestCertificates.root("CN=root");
    var leaf = TestCertificates.below(root, "CN=leaf");
    String text = Pem.text(List.of(root.certificate(), leaf.certificate()));
    assertThat(Pem.certificates(text, "chain.pem"))
        .containsExactly(root.certificate(), leaf.certificate());
  }

  @Test
  void namesTheFileAndWhatIsWrongWithIt() throws Exception {
    Path missing = folder.resolve("missing.pem");
    assertThatThrownBy(() -> Pem.certificates(missing))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage(missing + ": no such file (expected: a PEM file)");
    assertThatThrownBy(() -> Pem.privateKey(folder))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageStartingWith(folder + ": ")
        .hasMessageEndingWith("(expected: a PEM file)");
    Path blob = Files.write(folder.resolve("blob"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> Pem.certificates(blob))
        .hasMessage(blob + ": more than 1 MiB (expected: a PEM file)");
    Path garbage = Files.writeString(folder.resolve("garbage"), "\0\1garbage");
    assertThatThrownBy(() -> Pem.certificates(garbage))
        .hasMessage(garbage + ": no certificate (expected: at least one BEGIN CERTIFICATE block)");
  }

  @Test
  void saysWhichBlockAndWhichCertificateIsBroken() throws Exception {
    String good = Pem.text(TestCertificates.instance(NAME).chain());
    assertThatThrownBy(() -> Pem.certificates(good + "-----BEGIN CERTIFICATE-----\nAAAA\n", "c"))
        .hasMessageStartingWith("c: malformed PEM in block 2 (expected: ");
    assertThatThrownBy(() -> Pem.certificates(good + pem("CERTIFICATE", new byte[9]), "c"))
        .hasMessage("c: certificate 2 is malformed (expected: X.509)");
  }

  /** Whatever a file holds, the answer is a value or a CertificateProblem. */
  @ParameterizedTest
  @ValueSource(strings = {"CERTIFICATE", "PRIVATE KEY RSA", "PRIVATE KEY EC", "RSA PRIVATE KEY"})
  void damageIsAProblemAndNeverACrash(String what) throws Exception {
    String type = what.replaceFirst("^PRIVATE KEY .*", "PRIVATE KEY");
    byte[] content =
        switch (what) {
          case "CERTIFICATE" -> TestCertificates.instance(NAME).leaf().getEncoded();
          case "PRIVATE KEY EC" -> KeyType.EC_P256.generate().getPrivate().getEncoded();
          case "PRIVATE KEY RSA" -> KeyType.RSA_2048.generate().getPrivate().getEncoded();
          default -> traditional(KeyType.RSA_2048.generate().getPrivate());
        };
    assertThat(isRefused(pem(type, content))).isFalse();
    var random = new Random(42);
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = content.clone();
      // The headers of the structure stand at its start.
      damaged[random.nextInt(random.nextBoolean() ? 40 : damaged.length)] = (byte) random.nextInt();
      refused += isRefused(pem(type, damaged)) ? 1 : 0;
      var text = new StringBuilder(pem(type, content));
      text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      text.deleteCharAt(random.nextInt(text.length()));
      refused += isRefused(text.toString()) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  private static boolean isRefused(String text) {
    try {
      if (text.contains("CERTIFICATE")) {
        CertificateDetails.of(Pem.certificates(text, "fuzz").getFirst());
      } else {
        Pem.privateKey(text, "fuzz");
      }
      return false;
    } catch (CertificateProblem e) {
      return true;
    }
  }

  private static void assertProblem(String text, String start) {
    assertThatThrownBy(() -> Pem.privateKey(text, SOURCE))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageStartingWith(SOURCE + ": " + start);
  }

  /** The inner structure of a PKCS#8 key: PKCS#1 or SEC1. */
  private static byte[] traditional(PrivateKey key) throws Exception {
    return PrivateKeyInfo.getInstance(key.getEncoded())
        .parsePrivateKey()
        .toASN1Primitive()
        .getEncoded();
  }

  private static String pem(String type, byte[] content) {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
