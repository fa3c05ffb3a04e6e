package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.Reloads.Outcome;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two gateways with the same keys of session tickets, and openssl as their client. */
@Timeout(100)
class SharedTicketsIT {
  private static final String SECOND = "11111111-2222-4333-8444-555555555555." + DOMAIN;
  private static final String THIRD = "22222222-2222-4333-8444-555555555555." + DOMAIN;

  @TempDir private Path folder;
  @TempDir private Path otherFolder;
  @TempDir private Path keys;
  private final Origin origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
  private ReloadStand one;
  private ReloadStand other;
  private int seed;

  @BeforeEach
  void start() throws IOException {
    one = ReloadStand.prepare(folder, origin.port());
    other = ReloadStand.prepare(otherFolder, origin.port());
    replace("new", key(80));
    replace("old", key(48));
    String sections = "tls: {session-ticket-keys: [%1$s/new, %1$s/old]}".formatted(keys);
    // Two instances that share a certificate, and the first's own.
    Issued shared = one.certificates.issue(SECOND, THIRD);
    for (ReloadStand stand : List.of(one, other)) {
      for (String name : List.of(SECOND, THIRD)) {
        stand.instances.add(
            "{guid: %s, domain: %s, certificate: %s}"
                .formatted(name.substring(0, 36), DOMAIN, ReloadStand.files(shared)));
      }
      stand.sections.add(sections);
    }
    one.start();
    Files.copy(
        one.certificate.certificate(),
        other.certificate.certificate(),
        StandardCopyOption.REPLACE_EXISTING);
    Files.copy(one.certificate.key(), other.certificate.key(), StandardCopyOption.REPLACE_EXISTING);
    other.start();
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
    origin.close();
  }

  private byte[] key(int size) {
    byte[] key = new byte[size];
    new Random(++seed).nextBytes(key);
    return key;
  }

  private void replace(String name, byte[] content) throws IOException {
    Path beside = Files.write(keys.resolve("beside"), content);
    Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
    Files.move(beside, keys.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private String exchange(ReloadStand stand, String name, String options) {
    List<String> all = new ArrayList<>(List.of("-servername", name));
    all.addAll(List.of(options.split(" ")));
    String get = "GET / HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
    String output =
        OpensslClient.run(stand.testGateway().address("https"), get, all.toArray(String[]::new))
            .stdout();
    assertThat(output).contains("HTTP/1.1 200");
    return output;
  }

  private String begin(ReloadStand stand, String name, String version) {
    String session = keys.resolve("session-" + ++seed).toString();
    assertThat(exchange(stand, name, version + " -sess_out " + session)).contains("New, TLSv1");
    return version + " -sess_in " + session;
  }

  private boolean resumes(ReloadStand stand, String name, String resume) {
    return exchange(stand, name, resume).contains("Reused, TLSv1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void aSessionGoesOnWithTheOtherNodeAndWithNoOtherInstance(String version) {
    String own = begin(one, NAME, version);
    String shared = begin(one, SECOND, version);

    assertThat(resumes(other, NAME, own)).isTrue();
    assertThat(resumes(one, NAME, own)).isTrue();
    assertThat(resumes(other, SECOND, own)).as("another certificate").isFalse();
    assertThat(resumes(other, SECOND, shared)).isTrue();
    assertThat(resumes(other, THIRD, shared)).as("the same certificate").isFalse();
    assertThat(resumes(one, THIRD, shared)).as("the same certificate here").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void keysRotateWithoutARestart(String version) throws IOException {
    String first = begin(one, NAME, version);
    byte[] current = Files.readAllBytes(keys.resolve("new"));

    replace("old", current);
    replace("new", key(80));
    for (ReloadStand stand : List.of(one, other)) {
      Await.until(
          "both are known",
          () ->
              stand.gateway().reloads().status().generation() >= 2
                  && stand.gateway().reloads().status().sourceProblems().isEmpty()
                  && stand
                      .gateway()
                      .live()
                      .snapshot()
                      .ticketKeys()
                      .equals(one.gateway().live().snapshot().ticketKeys()));
    }
    String second = begin(one, NAME, version);
    assertThat(resumes(other, NAME, first)).as("the old one decrypts").isTrue();
    assertThat(resumes(other, NAME, second)).isTrue();

    replace("old", key(80));
    Await.until("its key is gone", () -> !resumes(other, NAME, first));
    assertThat(resumes(other, NAME, second)).isTrue();
  }

  @Test
  void aFileThatCanNotBeUsedLeavesTheKeysAsTheyWere() throws IOException {
    String session = begin(one, NAME, "-tls1_3");

    replace("new", key(79));
    Await.until("it is told", () -> !one.gateway().reloads().status().sourceProblems().isEmpty());

    assertThat(one.gateway().reloads().status().sourceProblems())
        .singleElement()
        .asString()
        .contains(
            "tls.session-ticket-keys[0]: " + keys + "/new: of another size (expected: 80 or 48");
    assertThat(resumes(other, NAME, session)).isTrue();
  }

  @Test
  void filesAreCheckedBeforeTheyAreUsed() throws IOException {
    Path open = Files.write(keys.resolve("open"), key(80));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    byte[] sameName = Files.readAllBytes(keys.resolve("new"));
    sameName[40]++;
    Files.write(keys.resolve("same"), sameName);
    Files.setPosixFilePermissions(
        keys.resolve("same"), PosixFilePermissions.fromString("rw-------"));

    assertRefused("open", "everybody may read or write it (chmod 600)");
    assertRefused("new, %s/same".formatted(keys), "are those of another key");
    assertRefused("none", "no such file");
  }

  private void assertRefused(String files, String problem) {
    one.sections.clear();
    one.sections.add("tls: {session-ticket-keys: [%s/%s]}".formatted(keys, files));
    Reloads.Result result = one.reload();
    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.problems()).singleElement().asString().contains(problem);
  }

  @Test
  void withoutFilesTheKeysAreTheNodesOwn() {
    for (ReloadStand stand : List.of(one, other)) {
      stand.sections.clear();
      assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);
    }
    String session = begin(one, NAME, "-tls1_3");

    assertThat(resumes(one, NAME, session)).isTrue();
    assertThat(resumes(other, NAME, session)).isFalse();
  }
}
