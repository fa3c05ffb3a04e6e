package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.OcspStaple;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.Issued;
import io.harborgateway.testkit.TestCertificates.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCSP responses that the real openssl makes, and asks the gateway for. */
@Timeout(60)
class OcspStapleIT {
  private static final String GUID = "11111111-2222-4333-8444-555555555555";
  private static final String NAME = GUID + "." + DOMAIN;

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
  private ReloadStand stand;
  private Issued issued;
  private Path staple;
  private TestCertificates signer;

  @BeforeEach
  void start() throws IOException {
    stand = ReloadStand.prepare(folder, origin.port());
    signer = stand.certificates;
    issued = stand.certificates.issue(NAME);
    // With its issuer in the chain, the response's signature is checked.
    Files.writeString(
        issued.certificate(),
        Files.readString(issued.certificate()) + Files.readString(stand.certificates.ca()));
    staple = folder.resolve("staple.der");
    stand.instances.add(
        "{guid: %s, domain: %s, certificate: {chain: \"%s\", key: \"%s\", ocsp-staple: \"%s\"}}"
            .formatted(GUID, DOMAIN, issued.certificate(), issued.key(), staple));
    respond(staple, "V", issued, "-ndays 1");
    stand.start();
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  /**
   * Makes a response of the CA.
   *
   * @param status V: valid, R: revoked
   * @param validity options about its end
   */
  private void respond(Path into, String status, Issued of, String validity) throws IOException {
    Path ca = stand.certificates.ca();
    Path index =
        Files.writeString(
            folder.resolve("index.txt"),
            "%s\t301231235959Z\t%s\t%s\tunknown\t/CN=instance%n"
                .formatted(status, status.equals("R") ? "250101000000Z" : "", serial(of)));
    Path request = folder.resolve("request.der");
    openssl(
        "ocsp",
        "-issuer",
        ca.toString(),
        "-cert",
        of.certificate().toString(),
        "-no_nonce",
        "-reqout",
        request.toString());
    Path beside = folder.resolve("staple.new");
    List<String> answer =
        new ArrayList<>(List.of("ocsp", "-index", index.toString(), "-CA", ca.toString()));
    answer.addAll(List.of("-rsigner", signer.ca().toString()));
    answer.addAll(List.of("-rkey", signer.ca().resolveSibling("ca.key.pem").toString()));
    answer.addAll(List.of("-reqin", request.toString(), "-respout", beside.toString()));
    answer.addAll(List.of(validity.split(" ")));
    openssl(answer.toArray(String[]::new));
    Files.move(beside, into, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String openssl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    return Command.run(command).succeeded().stdout();
  }

  private String status(String version) {
    return OpensslClient.run(
            stand.testGateway().address("https"), "", "-servername", NAME, version, "-status")
        .succeeded()
        .stdout();
  }

  private List<String> warnings() {
    return stand.gateway().live().snapshot().warnings().stream()
        .map(Object::toString)
        .filter(warning -> warning.contains("OCSP"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void theResponseIsSentToClientsThatAsk(String version) {
    assertThat(status(version)).contains("OCSP Response Status: successful", "Cert Status: good");
    assertThat(warnings()).isEmpty();
  }

  @Test
  void anotherResponseIsSentWhenItComesAndSessionsGoOn() throws IOException {
    String session = folder.resolve("session.pem").toString();
    OpensslClient.run(
        stand.testGateway().address("https"),
        "",
        "-servername",
        NAME,
        "-tls1_2",
        "-sess_out",
        session);
    String before = produced();

    Await.until(
        "another is sent",
        () -> {
          respond(staple, "V", issued, "-ndays 2");
          return !produced().equals(before);
        });

    assertThat(
            OpensslClient.run(
                    stand.testGateway().address("https"),
                    "",
                    "-servername",
                    NAME,
                    "-tls1_2",
                    "-sess_in",
                    session)
                .stdout())
        .contains("Reused, TLSv1.2");
  }

  private String produced() {
    return status("-tls1_3")
        .lines()
        .filter(line -> line.contains("Next Update"))
        .toList()
        .toString();
  }

  @Test
  void eachOfTwoCertificatesInAFolderHasItsOwn() throws IOException {
    String guid = "22222222-2222-4333-8444-555555555555";
    Path certs = Files.createDirectory(folder.resolve("certs"));
    Issued rsa = place(certs, KeyAlgorithm.RSA, guid, guid);
    Issued ec = place(certs, KeyAlgorithm.EC, guid, guid + ".ecdsa");
    stand.instances.add("{guid: %s, domain: %s}".formatted(guid, DOMAIN));
    stand.sections.add("certs: {directory: \"" + certs + "\"}");
    assertThat(stand.reload().problems()).isEmpty();

    for (Issued each : List.of(rsa, ec)) {
      String algorithms = each.equals(rsa) ? "rsa_pss_rsae_sha256" : "ecdsa_secp256r1_sha256";
      assertThat(
              OpensslClient.run(
                      stand.testGateway().address("https"),
                      "",
                      "-servername",
                      guid + "." + DOMAIN,
                      "-sigalgs",
                      algorithms,
                      "-status")
                  .succeeded()
                  .stdout())
          .contains("Cert Status: good", "Serial Number: " + serial(each));
    }
  }

  private Issued place(Path folder, KeyAlgorithm algorithm, String guid, String stem)
      throws IOException {
    Issued made = stand.certificates.issue(algorithm, guid + "." + DOMAIN);
    Files.copy(made.certificate(), folder.resolve(stem + ".crt"));
    Files.copy(made.key(), folder.resolve(stem + ".key"));
    respond(folder.resolve(stem + ".ocsp"), "V", made, "-ndays 1");
    return made;
  }

  private static String serial(Issued of) {
    String line = openssl("x509", "-noout", "-serial", "-in", of.certificate().toString());
    return line.strip().substring("serial=".length());
  }

  /** As it is asked for each handshake. */
  @Test
  void oneIsSentFromItsBeginToItsEnd() throws CertificateProblem {
    OcspStaple read =
        Objects.requireNonNull(
            InstanceCertificate.load(issued.certificate(), issued.key()).stapled(staple).staple());
    Instant now = Instant.now();

    assertThat(read.problem(now)).isNull();
    assertThat(read.problem(now.plus(Duration.ofHours(23)))).isNull();
    assertThat(read.problem(now.plus(Duration.ofHours(25)))).startsWith("ended at ");
    assertThat(read.problem(now.minus(Duration.ofHours(1)))).startsWith("not valid before ");
  }

  @Test
  void oneThatCanNotBeUsedIsNotSentAndWarnedOf() throws IOException {
    respond(staple, "R", issued, "-ndays 1");
    awaitWarning("says that the certificate is revoked");

    respond(staple, "V", stand.certificate, "-ndays 1");
    awaitWarning("for another certificate");

    Files.writeString(staple, "nonsense");
    awaitWarning("can't be read");

    signer = TestCertificates.in(Files.createDirectory(folder.resolve("others")));
    respond(staple, "V", issued, "-ndays 1");
    awaitWarning("not signed by the certificate's issuer");

    Files.delete(staple);
    awaitWarning("can't be read");
    assertThat(status("-tls1_3")).contains("OCSP response: no response sent");
  }

  private void awaitWarning(String text) {
    Await.until(
        text, () -> warnings().size() == 1 && warnings().getFirst().contains("not sent: " + text));
  }
}
