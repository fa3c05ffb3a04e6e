package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.GUID;
import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes without a command: files that the configuration names, and itself if it says so. */
class ReloadFilesIT {
  private static final String OTHER = "11111111-2222-3333-4444-555555555555";

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private ReloadStand stand;

  @BeforeEach
  void start() {
    stand = ReloadStand.start(folder, origin.port());
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  @Test
  void theConfigurationItselfIfItSaysSo() throws Exception {
    stand.sections.add("watch: true");
    stand.reload();

    stand.routes = "[more]";
    stand.write(stand.yaml());
    Await.until("it is applied", () -> stand.gateway().live().get().generation() == 3);

    stand.sections.clear();
    stand.write(stand.yaml());
    Await.until("watching ends with it", () -> stand.gateway().live().get().generation() == 4);
    stand.routes = "[]";
    stand.write(stand.yaml());
    Path key = stand.certificate.key();
    Files.setLastModifiedTime(key, Files.getLastModifiedTime(key)); // something else is noticed
    Thread.sleep(1_500);
    assertThat(stand.gateway().live().get().generation()).isEqualTo(4);
  }

  @Test
  void theCaOfAnUpstream() throws Exception {
    var itsOwn = TestCertificates.in(Files.createDirectory(folder.resolve("upstream")));
    Path trusted = folder.resolve("trusted.pem");
    Files.copy(stand.certificates.ca(), trusted);
    try (Origin tls =
        Origin.startTls(itsOwn.presenting(itsOwn.issue("harbor")), Behaviours.acceptUploads())) {
      stand.listeners.add(
          ReloadStand.listener(
              "spare",
              stand.spare,
              "http",
              ("{address: \"127.0.0.1:%d\", tls: {ca: %s, server-name: harbor},"
                      + " health: {interval: 200ms, statuses: [201]}}")
                  .formatted(tls.port(), trusted)));
      stand.reload();
      assertThat(stand.gateway().readiness().ready()).isFalse();

      Files.copy(itsOwn.ca(), trusted, StandardCopyOption.REPLACE_EXISTING);

      Await.until("the upstream is trusted", () -> stand.gateway().readiness().ready());
    }
  }

  /** As Kubernetes does: the files are links through one that is replaced. */
  @Test
  void aLinkOnTheWayToTheFiles() throws Exception {
    stand.close();
    Path one = folder.resolve("..one");
    Path two = folder.resolve("..two");
    put(one);
    put(two);
    Path data = folder.resolve("..data");
    Files.createSymbolicLink(data, one.getFileName());
    for (String name : new String[] {"tls.crt", "tls.key"}) {
      Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
    }
    String yaml =
        stand
            .yaml()
            .replace(ReloadStand.files(stand.certificate), "{chain: tls.crt, key: tls.key}");
    stand.start(yaml);
    X509Certificate old = shown();

    Path next = folder.resolve("..next");
    Files.createSymbolicLink(next, two.getFileName());
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

    Await.until("the next handshake has the new one", () -> !old.equals(shown()));
  }

  private void put(Path target) throws IOException {
    Files.createDirectory(target);
    var issued =
        stand.certificates.issue(NAME, GUID + ".images." + DOMAIN, GUID + ".more." + DOMAIN);
    Files.copy(issued.certificate(), target.resolve("tls.crt"));
    Files.copy(issued.key(), target.resolve("tls.key"));
  }

  @Test
  void aBadPairAffectsItsOwnInstanceOnly() throws Exception {
    String name = OTHER + "." + DOMAIN;
    var others = stand.certificates.issue(name);
    stand.instances.add(
        "{guid: %s, domain: %s, certificate: %s}"
            .formatted(OTHER, DOMAIN, ReloadStand.files(others)));
    stand.reload();
    X509Certificate old = shown();

    Files.writeString(others.certificate(), "no certificate");
    var next = stand.certificates.issue(NAME, GUID + ".images." + DOMAIN, GUID + ".more." + DOMAIN);
    Files.move(next.key(), stand.certificate.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.move(
        next.certificate(), stand.certificate.certificate(), StandardCopyOption.REPLACE_EXISTING);

    Await.until("the good one is taken", () -> !old.equals(shown()));
    assertThat(stand.gateway().reloads().status().outdated()).containsOnlyKeys(OTHER);
    try (RawClient client = stand.connect(name)) {
      assertThat(certificate(client).getSubjectAlternativeNames()).hasSize(1);
    }
  }

  @Test
  void aCertificateIsReplaced() throws Exception {
    try (RawClient before = stand.connect(NAME)) {
      X509Certificate old = certificate(before);
      var next =
          stand.certificates.issue(NAME, GUID + ".images." + DOMAIN, GUID + ".more." + DOMAIN);
      Files.move(next.key(), stand.certificate.key(), StandardCopyOption.ATOMIC_MOVE);
      Files.move(
          next.certificate(), stand.certificate.certificate(), StandardCopyOption.ATOMIC_MOVE);

      Await.until("the next handshake has the new one", () -> !old.equals(shown()));
      before.send("GET / HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n");
      assertThat(before.readResponse().status()).isLessThan(300);
    }
    assertThat(stand.gateway().live().get().generation()).isEqualTo(2);
  }

  @Test
  void halfAPairIsNotTaken() throws Exception {
    X509Certificate old = shown();
    var next = stand.certificates.issue(NAME, GUID + ".images." + DOMAIN, GUID + ".more." + DOMAIN);
    Files.copy(
        next.certificate(), stand.certificate.certificate(), StandardCopyOption.REPLACE_EXISTING);

    Await.until("it is seen", () -> !stand.gateway().reloads().status().outdated().isEmpty());
    assertThat(shown()).isEqualTo(old);
    assertThat(stand.gateway().live().get().generation()).isEqualTo(1);

    Files.copy(next.key(), stand.certificate.key(), StandardCopyOption.REPLACE_EXISTING);
    Await.until("the pair is taken", () -> !old.equals(shown()));
    Await.until("none is outdated", () -> stand.gateway().reloads().status().outdated().isEmpty());
  }

  private X509Certificate shown() {
    try (RawClient client = stand.connect(NAME)) {
      return certificate(client);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(RawClient client) throws IOException {
    return (X509Certificate) client.session().getPeerCertificates()[0];
  }
}
