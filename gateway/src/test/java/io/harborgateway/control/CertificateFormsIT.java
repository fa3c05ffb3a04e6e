package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.GUID;
import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.PeerBinary;
import io.harborgateway.testkit.TestCertificates.Issued;
import io.harborgateway.testkit.TestCertificates.KeyAlgorithm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The places and forms of certificates, and two for one instance, as openssl's client sees them.
 */
class CertificateFormsIT {
  private static final String OTHER = "11111111-2222-3333-4444-555555555555";
  private static final String OTHER_NAME = OTHER + "." + DOMAIN;

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private ReloadStand stand;
  private Path certificates;

  @BeforeEach
  void start() throws Exception {
    stand = ReloadStand.prepare(folder, origin.port());
    certificates = Files.createDirectory(folder.resolve("certificates"));
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  private String shown(String name, String... options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-servername",
                name,
                "-CAfile",
                stand.certificates.ca().toString(),
                "-verify_return_error",
                "-verify_hostname",
                name));
    all.addAll(Arrays.asList(options));
    return OpensslClient.run(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), stand.https),
            "",
            all.toArray(String[]::new))
        .stdout();
  }

  private String status() {
    return new AdminClient(stand.adminPort).status().toString();
  }

  private static void openssl(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(PeerBinary.require("openssl", "openssl").toString());
    command.addAll(Arrays.asList(arguments));
    Command.run(command, new byte[0], Duration.ofSeconds(20));
  }

  @Test
  void eachClientGetsTheCertificateThatItCanVerify() throws Exception {
    Issued rsa = stand.certificates.issue(KeyAlgorithm.RSA, NAME, GUID + ".images." + DOMAIN);
    Issued ec = stand.certificates.issue(KeyAlgorithm.EC, NAME, GUID + ".images." + DOMAIN);
    stand.start(
        stand
            .yaml()
            .replace(
                ReloadStand.files(stand.certificate) + "}",
                ReloadStand.files(rsa)
                    + ", alternative-certificate: "
                    + ReloadStand.files(ec)
                    + "}"));

    assertThat(shown(NAME)).contains("Peer signature type: ECDSA", "Verified peername: ");
    assertThat(shown(NAME, "-tls1_2")).contains("ECDHE-ECDSA-AES", "Verified peername: ");
    // gorouter's suites of TLS 1.2
    assertThat(
            shown(
                NAME,
                "-tls1_2",
                "-cipher",
                "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"))
        .contains("ECDHE-RSA-AES", "Verified peername: ");
    assertThat(shown(NAME, "-tls1_3", "-sigalgs", "RSA-PSS+SHA256"))
        .contains("Peer signature type: RSA-PSS", "Verified peername: ");
    assertThat(shown(NAME, "-tls1_3", "-sigalgs", "ECDSA+SHA384:RSA-PSS+SHA256"))
        .contains("Peer signature type: RSA-PSS");
    assertThat(shown(NAME, "-tls1_2", "-curves", "X25519:P-384"))
        .contains("ECDHE-RSA-AES", "Verified peername: ");
    // an ECDSA suite that is not served, beside one with RSA that is
    assertThat(
            shown(
                NAME,
                "-tls1_2",
                "-cipher",
                "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"))
        .contains("ECDHE-RSA-AES128-GCM", "Verified peername: ");
    assertThat(shown(NAME, "-tls1_2", "-sigalgs", "RSA+SHA256")).contains("ECDHE-RSA-AES");
    assertThat(status()).contains("\"alternativeCertificate\"", "RSA 2048", "EC P-256");
  }

  @Test
  void aNewAlternativeReplacesTheOldOneAlone() throws Exception {
    Issued rsa = stand.certificates.issue(KeyAlgorithm.RSA, OTHER_NAME);
    Issued ec = stand.certificates.issue(KeyAlgorithm.EC, OTHER_NAME);
    copy(rsa, OTHER + ".crt", OTHER + ".key");
    copy(ec, OTHER + ".ecdsa.crt", OTHER + ".ecdsa.key");
    stand.instances.add("{guid: " + OTHER + ", domain: " + DOMAIN + "}");
    stand.sections.add("certs: {directory: certificates}");
    stand.start();
    String before = shown(OTHER_NAME);
    String rsaBefore = shown(OTHER_NAME, "-sigalgs", "RSA-PSS+SHA256");
    assertThat(before).contains("Peer signature type: ECDSA", "Verified peername: ");

    Issued next = stand.certificates.issue(KeyAlgorithm.EC, OTHER_NAME);
    copy(next, OTHER + ".ecdsa.crt", OTHER + ".ecdsa.key");
    Await.until("the new one", () -> !pem(shown(OTHER_NAME)).equals(pem(before)));
    assertThat(pem(shown(OTHER_NAME, "-sigalgs", "RSA-PSS+SHA256"))).isEqualTo(pem(rsaBefore));

    // both of one algorithm: the set that is served stays
    copy(rsa, OTHER + ".ecdsa.crt", OTHER + ".ecdsa.key");
    Await.until("it is named", () -> status().contains("one with an RSA, one with an EC"));
    assertThat(shown(OTHER_NAME)).contains("Peer signature type: ECDSA", "Verified peername: ");
    Files.delete(certificates.resolve(OTHER + ".ecdsa.crt"));
    Await.until("RSA alone", () -> shown(OTHER_NAME).contains("Peer signature type: RSA"));
  }

  private static String pem(String output) {
    int begin = output.indexOf("-----BEGIN CERTIFICATE");
    return output.substring(begin, output.indexOf("-----END", begin));
  }

  private void copy(Issued issued, String chain, String key) throws Exception {
    copy(issued.key(), key);
    copy(issued.certificate(), chain);
  }

  private void copy(Path file, String name) throws Exception {
    Path target = certificates.resolve(name);
    Files.createDirectories(target.resolveSibling(""));
    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Each form of the folder takes the place of another while clients come. */
  @Test
  void formsOfAFolderByGuid() throws Exception {
    stand.instances.add("{guid: " + OTHER + ", domain: " + DOMAIN + "}");
    stand.sections.add("certs: {directory: certificates}");
    Issued issued = stand.certificates.issue(OTHER_NAME);
    copy(issued, OTHER + "/tls.crt", OTHER + "/tls.key");
    stand.start();
    String last = servedAnew("");

    Issued p12 = stand.certificates.issue(OTHER_NAME);
    Files.writeString(certificates.resolve(OTHER + ".pass"), "secret\n");
    openssl(
        "pkcs12",
        "-export",
        "-in",
        p12.certificate().toString(),
        "-inkey",
        p12.key().toString(),
        "-out",
        certificates.resolve(OTHER + ".p12").toString(),
        "-passout",
        "pass:secret");
    last = servedAnew(last);

    Issued combined = stand.certificates.issue(OTHER_NAME);
    Path pem = folder.resolve("combined.pem");
    Files.writeString(
        pem,
        "\ufefftext before\r\n"
            + Files.readString(combined.key()).replace("\n", "\r\n")
            + "text between\n"
            + Files.readString(combined.certificate()));
    copy(pem, OTHER + ".pem");
    last = servedAnew(last);

    Issued pair = stand.certificates.issue(OTHER_NAME);
    Path encrypted = folder.resolve("encrypted.key");
    Files.copy(pair.key(), encrypted);
    copy(encrypted, OTHER + ".key");
    copy(pair.certificate(), OTHER + ".crt");
    last = servedAnew(last);

    for (String end : List.of(".crt", ".key", ".pem", ".p12")) {
      Files.delete(certificates.resolve(OTHER + end));
    }
    assertThat(servedAnew(last)).isEqualTo(pem(Files.readString(issued.certificate())));
  }

  private String servedAnew(String last) {
    Await.until(
        "another is served",
        () -> {
          String shown = shown(OTHER_NAME);
          return shown.contains("Verified peername: ") && !pem(shown).equals(last);
        });
    return pem(shown(OTHER_NAME));
  }

  @Test
  void foundByItsNames() throws Exception {
    stand.instances.add("{guid: " + OTHER + ", public-host: harbor.customer.test}");
    stand.sections.add("certs: {directory: certificates}");
    copy(stand.certificates.issue(NAME), "unrelated.pem", "unrelated.key");
    Files.writeString(certificates.resolve("bad.pem"), "nothing");
    Files.writeString(certificates.resolve("README"), "not one of them");
    stand.start();
    assertThat(shown("harbor.customer.test")).doesNotContain("Verified peername: ");
    assertThat(status()).contains("no certificate (expected: " + OTHER + ".crt");

    // a file that nobody has named is noticed
    copy(stand.certificates.issue("*.customer.test"), "customer.pem", "customer.key");
    Await.until(
        "it is served", () -> shown("harbor.customer.test").contains("Verified peername: "));
    Await.until(
        "no problem is left",
        () ->
            !new AdminClient(stand.adminPort)
                .status()
                .path("instances")
                .toString()
                .contains("no certificate (expected: "));
  }

  /** One that ends later, but has the base name only, is of no use. */
  @Test
  void foundByAllItsNames() throws Exception {
    stand.instances.add(
        "{guid: " + OTHER + ", domain: " + DOMAIN + ", additional-routes: [images]}");
    stand.sections.add("certs: {directory: certificates}");
    String images = OTHER + ".images." + DOMAIN;
    copy(stand.certificates.issue("EC:P-256", 5, san(OTHER_NAME, images)), "a.pem", "a.key");
    copy(stand.certificates.issue("EC:P-256", 9, san(OTHER_NAME)), "b.pem", "b.key");
    copy(stand.certificates.issue("EC:P-256", 7, san(OTHER_NAME, images)), "c.pem", "c.key");
    stand.start();
    assertThat(pem(shown(images))).isEqualTo(pem(Files.readString(certificates.resolve("c.pem"))));
  }

  private static String san(String... names) {
    return "basicConstraints = critical,CA:FALSE\nsubjectAltName = DNS:"
        + String.join(",DNS:", names)
        + "\n";
  }

  @Test
  void namedPkcs12AndEncryptedKeyAreReadAgain() throws Exception {
    Issued issued = stand.certificates.issue(NAME, GUID + ".images." + DOMAIN);
    Path key = folder.resolve("encrypted.key");
    Path pass = Files.writeString(folder.resolve("pass"), "first\n");
    encrypt(issued, key, "first");
    stand.start(
        stand
            .yaml()
            .replace(
                ReloadStand.files(stand.certificate),
                "{chain: \"%s\", key: encrypted.key, passphrase-file: pass}"
                    .formatted(issued.certificate())));
    assertThat(shown(NAME)).contains("Verified peername: ");
    String before = pem(shown(NAME));

    Issued next = stand.certificates.issue(NAME, GUID + ".images." + DOMAIN);
    encrypt(next, key, "second");
    Files.copy(next.certificate(), issued.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Await.until("it is named", () -> status().contains("the passphrase does not open it"));
    assertThat(pem(shown(NAME))).isEqualTo(before);
    Files.writeString(pass, "second\n");
    Await.until("the new one", () -> !pem(shown(NAME)).equals(before));
  }

  private static void encrypt(Issued issued, Path to, String passphrase) {
    openssl(
        "pkcs8",
        "-topk8",
        "-in",
        issued.key().toString(),
        "-out",
        to.toString(),
        "-passout",
        "pass:" + passphrase);
  }
}
