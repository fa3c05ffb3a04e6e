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
  @ValueSource(strings = {"", "nonsense", "ca", "show", "issue --name a.test", "check --key x"})
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
