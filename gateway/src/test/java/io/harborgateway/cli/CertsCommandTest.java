package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.certs.Pem;
import io.harborgateway.certs.Pin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CertsCommandTest {
  private static final String NAME = "guid.harbor.example.com";
  private static final String EXTRA = "guid.extra.example.com";

  @TempDir Path folder;

  record Outcome(int exitCode, String out, String err) {}

  @Test
  void makesAnAuthorityIssuesShowsAndChecks() throws Exception {
    Outcome ca = certs("ca", "--out", folder.toString(), "--name", "my CA", "--days", "400");
    assertThat(ca.exitCode()).isZero();
    assertThat(ca.out())
        .contains("wrote " + folder.resolve("ca.crt") + ": CA CN=my CA, valid until ")
        .contains("wrote " + folder.resolve("ca.key") + ": its private key, mode 0600");

    Outcome issue = issue("--name", NAME, EXTRA, "--ip", "10.0.0.1", "--ip", "fd00::1");
    assertThat(issue.exitCode()).isZero();
    assertThat(issue.err()).isEmpty();
    assertThat(issue.out())
        .contains("wrote " + chain() + ": " + NAME + ", " + EXTRA + ", valid until ")
        .contains("wrote " + key() + ": its private key (RSA 2048), mode 0600");
    for (Path secret : List.of(folder.resolve("ca.key"), key())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
          .isEqualTo("rw-------");
    }

    Outcome show = certs("show", chain().toString(), folder.resolve("ca.crt").toString());
    InstanceCertificate issued = InstanceCertificate.load(chain(), key());
    assertThat(show.exitCode()).isZero();
    assertThat(show.out())
        .contains(chain() + ", certificate 1", folder.resolve("ca.crt") + ", certificate 1")
        .contains(
            "subject    CN=" + NAME, "issuer     CN=my CA", "names      " + NAME + ", " + EXTRA)
        .contains("addresses  10.0.0.1, fd00:0:0:0:0:0:0:1", "key        RSA 2048", "EC P-256")
        .contains(issued.notBefore() + " to " + issued.notAfter() + " (364 days left)")
        .contains(issued.sha256Fingerprint(), Pin.of(issued.leaf()).toString());

    Outcome check = check("--name", NAME, "--name", EXTRA);
    assertThat(check)
        .isEqualTo(new Outcome(0, "ok: " + NAME + ", " + EXTRA + ", 364 days left\n", ""));
  }

  @Test
  void replacesAnInstanceOnlyByForceAndAnAuthorityNever() throws Exception {
    certs("ca", "--out", folder.toString());
    byte[] authority = Files.readAllBytes(folder.resolve("ca.key"));
    Outcome again = certs("ca", "--out", folder.toString());
    assertThat(again.exitCode()).isEqualTo(64);
    assertThat(again.err()).contains(folder.resolve("ca.key") + ": is already there (expected: ");
    assertThat(folder.resolve("ca.key")).hasBinaryContent(authority);

    issue("--name", NAME, "--key-type", "ec");
    byte[] first = Files.readAllBytes(key());
    assertThat(issue("--name", NAME, "--key-type", "ec").exitCode()).isEqualTo(64);
    assertThat(key()).hasBinaryContent(first);
    assertThat(issue("--name", NAME, "--key-type", "ec", "--force").exitCode()).isZero();
    assertThat(Files.readAllBytes(key())).isNotEqualTo(first);
  }

  @Test
  void aWildcardIsSpelledOutInTheFileName() {
    certs("ca", "--out", folder.toString());
    assertThat(issue("--name", "*.example.com", "--key-type", "EC").exitCode()).isZero();
    assertThat(folder.resolve("wildcard.example.com.crt")).exists();
  }

  @Test
  void checkPrintsEveryProblem() throws Exception {
    Instant longAgo = Instant.now().minus(Duration.ofDays(100));
    CertificateAuthority.create("old CA", KeyType.EC_P256, longAgo, Duration.ofDays(50))
        .issue(IssueRequest.forNames(List.of(NAME), longAgo, Duration.ofDays(10)))
        .write(chain(), folder.resolve("ignored.key"), OverwriteMode.REFUSE);
    certs("ca", "--out", folder.toString());
    Files.copy(folder.resolve("ca.key"), key());

    Outcome check = check("--name", NAME, EXTRA);
    assertThat(check.exitCode()).isEqualTo(64);
    assertThat(check.out().lines().toList())
        .hasSize(3)
        .allMatch(line -> line.startsWith("problem: ") && line.contains("(expected: "))
        .anyMatch(line -> line.contains("does not belong to CN=" + NAME))
        .anyMatch(line -> line.contains("expected: also " + EXTRA))
        .anyMatch(line -> line.contains("expired at"));
  }

  @Test
  void ecdsaIsAHintAndNoProblem() {
    certs("ca", "--out", folder.toString());
    issue("--name", NAME, "--key-type", "ec");
    Outcome check = check();
    assertThat(check.exitCode()).isZero();
    assertThat(check.out()).startsWith("hint: EC P-256 key: ").contains("ok: " + NAME);
  }

  @Test
  void showGoesOnAfterAFileThatItCannotRead() throws Exception {
    certs("ca", "--out", folder.toString());
    Path garbage = Files.writeString(folder.resolve("garbage"), "garbage");
    Outcome show = certs("show", garbage.toString(), folder.resolve("ca.crt").toString());
    assertThat(show.exitCode()).isEqualTo(64);
    assertThat(show.err()).startsWith(garbage + ": no certificate (expected: ");
    assertThat(show.out()).contains("subject    CN=harbor-gateway throw-away CA", "names      -");
  }

  @Test
  void aValidityBeyondTheAuthoritysIsRefusedAndNothingWritten() {
    certs("ca", "--out", folder.toString(), "--days", "10");
    Outcome issue = issue("--name", NAME, "--days", "11");
    assertThat(issue.exitCode()).isEqualTo(64);
    assertThat(issue.err()).contains("(expected: not after the CA's end, ");
    assertThat(chain()).doesNotExist();
    assertThat(key()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--days|0|'\"0\" (expected: 1 to 36500)'",
        "--days|x|'\"x\" (expected: 1 to 36500)'",
        "--ip|localhost|'\"localhost\" (expected: an IPv4 or IPv6 address)'",
        "--name|a b|'name \"a b\" (expected: a DNS name, or *.name)'",
        "--key-type|dsa|'\"dsa\" (expected: rsa or ec)'",
      })
  void saysWhatIsWrongWithAnOption(String option, String value, String message) {
    Outcome outcome = issue("--name", NAME, option, value);
    assertThat(outcome.exitCode()).isEqualTo(64);
    assertThat(outcome.err()).contains(message).contains(option);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "xyzzy", "ca", "show", "issue --name a.test", "check --key x"})
  void incompleteCommandsShowTheirUsage(String line) {
    Outcome outcome = certs(line.isEmpty() ? new String[0] : line.split(" ", -1));
    assertThat(outcome.exitCode()).isEqualTo(64);
    assertThat(outcome.err()).contains("Usage: certs");
  }

  @Test
  void keysAreNeverPrinted() throws Exception {
    certs("ca", "--out", folder.toString());
    Outcome issue = issue("--name", NAME);
    String secret = Pem.text(Pem.privateKey(key())).lines().toList().get(1);
    for (Outcome outcome : List.of(issue, check(), certs("show", key().toString()))) {
      assertThat(outcome.out() + outcome.err()).doesNotContain(secret);
    }
  }

  @Test
  void namesAreThoseOfTheInstance() throws Exception {
    certs("ca", "--out", folder.toString());
    String guid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    Outcome issued = issue("--guid", guid, "--domain", "reg.test", "--route", "a", "b");
    assertThat(issued.exitCode()).isZero();
    InstanceCertificate certificate =
        InstanceCertificate.load(folder.resolve(guid + ".crt"), folder.resolve(guid + ".key"));
    assertThat(certificate.names())
        .containsExactly(guid + ".reg.test", guid + ".a.reg.test", guid + ".b.reg.test");
    assertThat(certificate.leaf().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");

    assertThat(issue("--public-host", "harbor.example.com", "--client-auth").exitCode()).isZero();
    InstanceCertificate other =
        InstanceCertificate.load(
            folder.resolve("harbor.example.com.crt"), folder.resolve("harbor.example.com.key"));
    assertThat(other.names()).containsExactly("harbor.example.com");
    assertThat(other.leaf().getExtendedKeyUsage()).contains("1.3.6.1.5.5.7.3.2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--guid=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0|--guid and --domain (expected: both",
        "--domain=a.test|--guid and --domain (expected: both",
        "--public-host=a.test --domain=b.test|--public-host together with --domain",
        "--public-host=a.test --route=b|--public-host together with --domain or --route",
        "--guid=x --domain=b.test|--guid",
        "--days=3|no name (expected: --guid with --domain",
      })
  void namesThatDoNotFitTogetherAreRefused(String options, String message) {
    certs("ca", "--out", folder.toString());
    Outcome outcome = issue(options.split(" ", -1));
    assertThat(outcome.exitCode()).isEqualTo(64);
    assertThat(outcome.err()).contains(message);
  }

  @Test
  void anIntermediateSignsWithinItsPathLength() throws Exception {
    Path passphrase = Files.writeString(folder.resolve("passphrase"), "correct horse\n");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r-----"));
    certs("ca", "--out", folder.resolve("root").toString(), "--path-length=1", "--key-type=rsa");
    Outcome middle =
        certs(
            "ca",
            "--out=" + folder,
            "--name=middle",
            "--days=100",
            "--issuer-cert=" + folder.resolve("root/ca.crt"),
            "--issuer-key=" + folder.resolve("root/ca.key"),
            "--passphrase-file=" + passphrase);
    assertThat(middle).extracting(Outcome::exitCode).isEqualTo(0);
    assertThat(middle.out()).contains("CN=middle by CN=harbor-gateway throw-away CA", "encrypted");
    assertThat(folder.resolve("ca.key")).content().contains("BEGIN ENCRYPTED PRIVATE KEY");
    assertThat(issue("--name", NAME).err()).contains("encrypted private key (expected: ");

    Outcome issued = issue("--name", NAME, "--days=30", "--ca-passphrase-file=" + passphrase);
    assertThat(issued.exitCode()).isZero();
    assertThat(Pem.certificates(chain())).hasSize(2);

    Outcome below =
        certs(
            "ca",
            "--out=" + folder.resolve("below"),
            "--days=10",
            "--issuer-cert=" + folder.resolve("ca.crt"),
            "--issuer-key=" + folder.resolve("ca.key"),
            "--issuer-passphrase-file=" + passphrase);
    assertThat(below.exitCode()).isEqualTo(64);
    assertThat(below.err()).contains("CN=middle may not issue a CA with the path length 0");

    Files.writeString(passphrase, "wrong\n");
    assertThat(issue("--name", EXTRA, "--ca-passphrase-file=" + passphrase).err())
        .contains("the passphrase does not open it (expected: ");
    assertThat(issue("--name", NAME, "--ca-passphrase-file=" + folder.resolve("none")).err())
        .contains("none: ");
  }

  @ParameterizedTest
  @CsvSource({
    "rw-r--r--, false",
    "rw----r--, false",
    "rw--w----, false",
    "rw-r-----, true",
    "r--------, true"
  })
  void aKeyOfACaThatOthersMayReadIsRefused(String mode, boolean good) throws Exception {
    certs("ca", "--out", folder.toString());
    Files.setPosixFilePermissions(folder.resolve("ca.key"), PosixFilePermissions.fromString(mode));
    Outcome outcome = issue("--name", NAME);
    assertThat(outcome.exitCode()).isEqualTo(good ? 0 : 64);
    if (!good) {
      assertThat(outcome.err()).contains("ca.key: mode " + mode + " (expected: not readable");
    }
  }

  @Test
  void aRenewalIsLikeTheOneBeforeAndWaitsForItsTime() throws Exception {
    certs("ca", "--out", folder.toString());
    issue("--name", NAME, EXTRA, "--ip", "10.0.0.1", "--client-auth", "--key-type=ec", "--days=9");
    InstanceCertificate first = InstanceCertificate.load(chain(), key());
    Outcome early = renew();
    assertThat(early.exitCode()).isZero();
    assertThat(early.out()).contains("not due before ");
    assertThat(InstanceCertificate.load(chain(), key())).isEqualTo(first);

    assertThat(renew("--force", "--keep-key").exitCode()).isZero();
    InstanceCertificate kept = InstanceCertificate.load(chain(), key());
    assertThat(Pin.of(kept.leaf())).isEqualTo(Pin.of(first.leaf()));
    assertThat(kept.leaf().getSerialNumber()).isNotEqualTo(first.leaf().getSerialNumber());

    assertThat(renew("--force").exitCode()).isZero();
    InstanceCertificate renewed = InstanceCertificate.load(chain(), key());
    assertThat(Pin.of(renewed.leaf())).isNotEqualTo(Pin.of(first.leaf()));
    assertThat(renewed.names()).isEqualTo(first.names());
    assertThat(renewed.details().ipAddresses()).containsExactly("10.0.0.1");
    assertThat(renewed.keyType()).isEqualTo(first.keyType());
    assertThat(renewed.life()).isEqualTo(Duration.ofDays(9));
    assertThat(renewed.leaf().getExtendedKeyUsage()).isEqualTo(first.leaf().getExtendedKeyUsage());
  }

  @Test
  void aCertificateInItsLastThirdIsRenewedWithoutForce() throws Exception {
    certs("ca", "--out", folder.toString());
    var ca = CertificateAuthority.load(folder.resolve("ca.crt"), folder.resolve("ca.key"), null);
    Instant then = Instant.now().minus(Duration.ofDays(7));
    ca.issue(IssueRequest.forNames(List.of(NAME), then, Duration.ofDays(9)))
        .write(chain(), key(), OverwriteMode.REFUSE);
    assertThat(renew().out()).contains("wrote " + chain());
    assertThat(InstanceCertificate.load(chain(), key()).daysLeft(Instant.now())).isEqualTo(8);
  }

  @Test
  void aRenewalOfLinksReplacesWhatTheyLeadTo() throws Exception {
    certs("ca", "--out", folder.toString());
    issue("--name", NAME, "--key-type=ec");
    Path archive = Files.createDirectory(folder.resolve("archive"));
    for (Path file : List.of(chain(), key())) {
      Files.move(file, archive.resolve(file.getFileName()));
      Files.createSymbolicLink(file, Path.of("archive").resolve(file.getFileName()));
    }
    InstanceCertificate before = InstanceCertificate.load(chain(), key());
    assertThat(renew("--force").exitCode()).isZero();
    assertThat(chain()).isSymbolicLink();
    assertThat(key()).isSymbolicLink();
    assertThat(InstanceCertificate.load(chain(), key())).isNotEqualTo(before);
    try (var files = Files.list(archive)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void aRenewalByAnotherCaHasToBeWanted() throws Exception {
    certs("ca", "--out", folder.toString());
    var ca = CertificateAuthority.load(folder.resolve("ca.crt"), folder.resolve("ca.key"), null);
    Instant then = Instant.now().minus(Duration.ofDays(7));
    ca.issue(IssueRequest.forNames(List.of(NAME), then, Duration.ofDays(9)))
        .write(chain(), key(), OverwriteMode.REFUSE);
    Files.delete(folder.resolve("ca.crt"));
    Files.delete(folder.resolve("ca.key"));
    certs("ca", "--out", folder.toString(), "--name=another");
    assertThat(renew().err()).contains("(expected: by CN=another, or --force)");
    assertThat(renew("--force").exitCode()).isZero();
  }

  @Test
  void aCaBelowAnotherEndsWithItUnlessToldOtherwise() throws Exception {
    certs("ca", "--out", folder.toString(), "--path-length=1", "--days=20");
    Outcome below =
        certs(
            "ca",
            "--out=" + folder.resolve("below"),
            "--name=below",
            "--issuer-cert=" + folder.resolve("ca.crt"),
            "--issuer-key=" + folder.resolve("ca.key"));
    assertThat(below.err()).isEmpty();
    assertThat(below.exitCode()).isZero();
  }

  @Test
  void theSelfTestSucceeds() {
    Outcome outcome = certs("self-test");
    assertThat(outcome.out())
        .contains("ok: RSA 2048: TLSv1.3 TLS_", "ok: EC P-256: TLSv1.2 TLS_ECDHE_ECDSA_")
        .contains("ok: EC P-256: refused by a client of another CA")
        .endsWith("all is as it should be\n")
        .doesNotContain("FAILED");
    assertThat(outcome.exitCode()).isZero();
  }

  private Outcome renew(String... more) {
    return certs(
        with(
            List.of(
                "renew",
                "--ca-cert=" + folder.resolve("ca.crt"),
                "--ca-key=" + folder.resolve("ca.key"),
                "--chain=" + chain(),
                "--key=" + key()),
            more));
  }

  private Path chain() {
    return folder.resolve(NAME + ".crt");
  }

  private Path key() {
    return folder.resolve(NAME + ".key");
  }

  private Outcome issue(String... more) {
    return certs(
        with(
            List.of(
                "issue",
                "--ca-cert=" + folder.resolve("ca.crt"),
                "--ca-key=" + folder.resolve("ca.key"),
                "--out=" + folder),
            more));
  }

  private Outcome check(String... more) {
    return certs(with(List.of("check", "--chain=" + chain(), "--key=" + key()), more));
  }

  private static String[] with(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static Outcome certs(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        new CommandLine(new CertsCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }
}
