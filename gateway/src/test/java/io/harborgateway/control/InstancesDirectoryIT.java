package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.GUID;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances by files of a folder: each stands for itself. */
class InstancesDirectoryIT {
  private static final String ONE = "11111111-2222-3333-4444-555555555555";
  private static final String TWO = "22222222-2222-3333-4444-555555555555";

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private Path directory;
  private ReloadStand stand;

  @BeforeEach
  void start() throws IOException {
    directory = Files.createDirectory(folder.resolve("instances.d"));
    stand = ReloadStand.prepare(folder, origin.port());
    stand.sections.add("instances-directory: instances.d");
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  @Test
  void filesComeChangeAndGo() {
    stand.start();
    long begun = System.nanoTime();
    put("one.yml", instance(ONE, "[]"));
    await("it is added", ONE + "." + DOMAIN, true);
    System.out.printf("added within %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    put("two.yaml", instance(TWO, "[]"));
    put("one.yml", instance(ONE, "[images]"));
    await("it is changed", ONE + ".images." + DOMAIN, true);
    await("the other is added", TWO + "." + DOMAIN, true);

    delete("one.yml");
    await("it is removed", ONE + "." + DOMAIN, false);
    assertThat(serves(TWO + "." + DOMAIN)).isTrue();
    assertThat(problems()).isEmpty();
  }

  @Test
  void aBadFileKeepsItsLastGoodVersion() {
    put("one.yml", instance(ONE, "[images]"));
    stand.start();
    put("one.yml", instance(ONE, "[images, \"no label\"]"));
    put("two.yml", instance(TWO, "[]"));

    await("the other is added", TWO + "." + DOMAIN, true);
    Await.until("the bad one is named", () -> problems().contains("no label"));
    assertThat(problems()).contains("one.yml:3:29: additional-routes[1]");
    assertThat(serves(ONE + ".images." + DOMAIN)).isTrue();
    // a command, too, is not refused because of it
    stand.routes = "[more]";
    Reloads.Result result = stand.reload();
    assertThat(result.outcome()).isEqualTo(Reloads.Outcome.APPLIED);
    assertThat(result.problems()).isEmpty();
    assertThat(result.notTaken().toString()).contains("no label");
    assertThat(serves(ONE + ".images." + DOMAIN)).isTrue();

    put("one.yml", instance(ONE, "[]"));
    await("it is mended", ONE + ".images." + DOMAIN, false);
    Await.until("nothing is named any more", () -> problems().isEmpty());
  }

  @Test
  void aChangeToACertificateThatCannotBeUsedIsNotTaken() {
    put("one.yml", instance(ONE, "[]"));
    stand.start();
    put("one.yml", instance(ONE, "[images]").replace("chain: \"", "chain: \"/nowhere"));

    Await.until("it is named", () -> problems().contains("/nowhere"));
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    assertThat(serves(ONE + ".images." + DOMAIN)).isFalse();
  }

  /** It would be waited for, by what reads all others. */
  @Test
  void aPipeInPlaceOfACertificateHoldsUpNobody() throws Exception {
    stand.start();
    new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start().waitFor();
    put(
        "one.yml",
        "guid: " + ONE + "\ndomain: " + DOMAIN + "\ncertificate: {chain: ../pipe, key: ../pipe}\n");
    put("two.yml", instance(TWO, "[]"));

    await("the other is added", TWO + "." + DOMAIN, true);
    assertThat(stand.gateway().live().snapshot().refused().values().toString())
        .contains("pipe: no regular file");
  }

  @Test
  void whatIsTakenIsNotTakenAway() {
    put("two.yml", instance(TWO, "[]"));
    stand.start();
    put("a.yml", instance(TWO, "[images]"));
    put("b.yml", instance(GUID, "[]"));
    put("c.yml", "guid: " + ONE + "\npublic-host: " + TWO + "." + DOMAIN + "\n" + certificate(TWO));

    Await.until(
        "all are named", () -> stand.gateway().reloads().status().sourceProblems().size() == 3);
    assertThat(problems())
        .contains("a.yml:1:7: guid: " + TWO + ", as at " + directory.resolve("two.yml") + ":1:7")
        .contains("b.yml:1:7: guid: " + GUID + ", as at ")
        .contains("gateway.yml:3:12")
        .contains("c.yml:2:14: public-host: " + TWO + "." + DOMAIN + ", as at ");
    assertThat(serves(TWO + ".images." + DOMAIN)).isFalse();

    delete("two.yml");
    await("the next has it then", TWO + ".images." + DOMAIN, true);
  }

  @Test
  void theConfigurationMayNotTakeANameOfOneThatIsServed() {
    put("one.yml", instance(ONE, "[]"));
    stand.start();
    stand.instances.add(
        "{guid: %s, public-host: %s.%s, %s}".formatted(TWO, ONE, DOMAIN, certificate(ONE).strip()));

    Reloads.Result result = stand.reload();

    assertThat(result.outcome()).isEqualTo(Reloads.Outcome.REJECTED);
    assertThat(result.problems().toString()).contains("one.yml:2:9: domain", "gateway.yml:4:12");
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
  }

  @Test
  void aBadFileAtTheStartIsNoReload() throws Exception {
    put("one.yml", instance(ONE, "[]"));
    put("two.yml", "guid: none");
    stand.start();
    Thread.sleep(1_500); // files are read again after 1 s

    assertThat(problems()).contains("two.yml:1:7: guid");
    assertThat(stand.gateway().reloads().status().last()).isNull();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
  }

  @Test
  void aCatalogueThatTakesANameOfOneThatIsServedStaysAsItWas() throws Exception {
    Path list = Files.writeString(folder.resolve("list"), "");
    stand.sections.add("catalogue: {file: list, domain: " + DOMAIN + ", certificates: .}");
    put(
        "one.yml",
        instance(ONE, "[]")
            .replace("domain: " + DOMAIN, "public-host: " + TWO + "." + DOMAIN)
            .replace("additional-routes: []\n", ""));
    stand.start();
    Files.writeString(list, TWO + "\n");
    Await.until("it is named", () -> problems().contains("one.yml:2:14: public-host: "));

    String three = "33333333-2222-3333-4444-555555555555";
    put("three.yml", instance(three, "[]"));
    await("others are taken", three + "." + DOMAIN, true);
    Files.writeString(list, "");
    Await.until("it is mended", () -> problems().isEmpty());
    assertThat(serves(TWO + "." + DOMAIN)).isTrue();
  }

  /** From the 65th on certificates are read when they are needed. */
  @Test
  void onesThatAreOutdatedStayServedHoweverManyThereAre() throws Exception {
    put("one.yml", instance(ONE, "[]"));
    stand.start();
    Path chain =
        stand.gateway().live().snapshot().files().stream()
            .filter(file -> file.toString().endsWith("issued-2.pem"))
            .findFirst()
            .orElseThrow();
    String good = Files.readString(chain);
    Files.writeString(chain, "no certificate");
    Await.until("it is outdated", () -> outdated().contains(ONE));
    var shared = stand.certificates.issue(TWO + "." + DOMAIN);
    for (int i = 0; i < 70; i++) {
      put(
          "more%d.yml".formatted(i),
          "guid: 00000000-0000-0000-0000-%012d\npublic-host: n%d.%s\ncertificate: %s\n"
              .formatted(i, i, DOMAIN, ReloadStand.files(shared)));
    }
    await("all are there", "n69." + DOMAIN, true);
    Await.until(
        "and settled", () -> stand.gateway().live().snapshot().routes().instances().size() == 72);

    assertThat(stand.gateway().live().snapshot().isChecked()).isFalse();
    assertThat(handshake(ONE + "." + DOMAIN)).isEqualTo(2);
    Files.writeString(chain, good);
    Await.until("it is good again", () -> outdated().isEmpty());
    assertThat(handshake(ONE + "." + DOMAIN)).isEqualTo(2);

    Files.writeString(chain, "no certificate"); // and back below, with one that is not read yet
    for (int i = 0; i < 70; i++) {
      delete("more%d.yml".formatted(i));
    }
    Await.until("few are left", () -> stand.gateway().live().snapshot().isChecked());
  }

  private Set<String> outdated() {
    return stand.gateway().reloads().status().outdated().keySet();
  }

  /** Returns how many names the certificate has that is shown for the name. */
  private int handshake(String name) throws Exception {
    try (RawClient client = stand.connect(name)) {
      var shown = (X509Certificate) client.session().getPeerCertificates()[0];
      return shown.getSubjectAlternativeNames().size();
    }
  }

  @Test
  void aLinkThatLeadsNowhereKeepsWhatWasThere() throws Exception {
    Path target = Files.writeString(folder.resolve("target.yml"), instance(ONE, "[]"));
    Files.createSymbolicLink(directory.resolve("one.yml"), target);
    stand.start();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();

    Files.move(target, folder.resolve("away"));
    put("two.yml", instance(TWO, "[]"));
    await("others are taken", TWO + "." + DOMAIN, true);

    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    Await.until("it is told", () -> problems().contains("one.yml: no such file"));
  }

  @Test
  void aFolderThatIsAwayChangesNothing() throws IOException {
    put("one.yml", instance(ONE, "[]"));
    stand.start();
    Path aside = folder.resolve("aside");
    Files.move(directory, aside);

    Await.until("it is named", () -> problems().contains("instances-directory"));
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();

    Files.move(aside, directory);
    Await.until("it is back", () -> problems().isEmpty());
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
  }

  private String instance(String guid, String routes) {
    return "guid: %s\ndomain: %s\nadditional-routes: %s\n%s"
        .formatted(guid, DOMAIN, routes, certificate(guid));
  }

  private String certificate(String guid) {
    return "certificate: "
        + ReloadStand.files(
            stand.certificates.issue(guid + "." + DOMAIN, guid + ".images." + DOMAIN))
        + "\n";
  }

  /** As it should be done: what is read is never half of it. */
  private void put(String name, String text) {
    try {
      Path next = Files.writeString(folder.resolve("next"), text);
      Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void delete(String name) {
    try {
      Files.delete(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(String what, String host, boolean served) {
    Await.until(what, () -> serves(host) == served);
  }

  private boolean serves(String host) {
    return stand.gateway().live().snapshot().routes().lookup(host) != null;
  }

  private String problems() {
    return String.join("\n", stand.gateway().reloads().status().sourceProblems());
  }
}
