package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.snapshot.Certificates;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that change, of more instances than are kept in memory. */
@Timeout(60)
class UnreadCertificatesIT {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final List<String> GUIDS =
      IntStream.range(0, Certificates.KEPT + 10)
          .mapToObj("00000000-0000-4000-8000-%012d"::formatted)
          .toList();

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private ReloadStand stand;
  private Path issued;
  private Issued all;
  private Issued others;

  @BeforeEach
  void start() throws IOException {
    stand = ReloadStand.prepare(folder, origin.port());
    String[] names = GUIDS.stream().map(UnreadCertificatesIT::name).toArray(String[]::new);
    all = stand.certificates.issue(names);
    others = stand.certificates.issue(names);
    issued = Files.createDirectory(folder.resolve("issued"));
    for (String guid : GUIDS) {
      Files.copy(all.certificate(), chain(guid));
      Files.copy(all.key(), key(guid));
    }
    Files.writeString(folder.resolve("instances.txt"), String.join("\n", GUIDS) + "\n");
    stand.sections.add(
        "catalogue: {file: instances.txt, domain: %s, certificates: issued}".formatted(DOMAIN));
    stand.start();
    awaitChecked();
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  private void awaitChecked() {
    Await.until(
        "all are checked",
        () -> {
          var status = stand.gateway().survey().status();
          return status.checked() == status.instances();
        });
  }

  private static String name(String guid) {
    return guid + "." + DOMAIN;
  }

  private Path chain(String guid) {
    return issued.resolve(guid + ".crt");
  }

  private Path key(String guid) {
    return issued.resolve(guid + ".key");
  }

  private static void move(Path from, Path to) throws IOException {
    Path beside = to.resolveSibling("next");
    Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private Certificate shown(String guid) throws IOException {
    try (RawClient client = stand.connect(name(guid))) {
      return client.session().getPeerCertificates()[0];
    }
  }

  private List<String> told(String kind) {
    return stand.gateway().events().recent().events().stream()
        .filter(told -> told.event().kind().toString().equals(kind))
        .map(told -> told.event().subject())
        .toList();
  }

  @Test
  void oneThatIsReplacedIsServedWithinASecond() throws Exception {
    String used = GUIDS.get(3);
    String unused = GUIDS.get(5);
    Certificate before = shown(used);
    for (String guid : List.of(used, unused)) {
      move(others.key(), key(guid));
      assertThat(shown(used)).isEqualTo(before);
      move(others.certificate(), chain(guid));
    }
    Await.until("the new one", SOON, () -> !before.equals(shown(used)));
    assertThat(shown(unused)).isEqualTo(shown(used));
    assertThat(shown(GUIDS.get(4))).isEqualTo(before);
    assertThat(told("certificate-replaced")).contains(used, unused).hasSize(2);
  }

  @Test
  void halfAPairLeavesTheOneBeforeAndIsWarnedOf() throws Exception {
    String guid = GUIDS.get(3);
    Certificate before = shown(guid);
    move(others.key(), key(guid));
    Await.until(
        "it is known",
        Duration.ofSeconds(2),
        () -> stand.gateway().reloads().status().outdated().containsKey(guid));
    assertThat(told("certificate-outdated")).isEmpty();
    Await.until(
        "it is warned of", Duration.ofSeconds(9), () -> !told("certificate-outdated").isEmpty());
    assertThat(shown(guid)).isEqualTo(before);
    assertThat(stand.gateway().survey().status().refused()).isZero();

    move(all.key(), key(guid));
    Await.until(
        "it is mended",
        Duration.ofSeconds(2),
        () -> stand.gateway().reloads().status().outdated().isEmpty());
    assertThat(shown(guid)).isEqualTo(before);
  }

  @Test
  void oneThatCouldNotBeUsedIsUsedOnceItIsMended() throws Exception {
    String guid = "00000000-0000-4000-8000-aaaaaaaaaaaa";
    Files.writeString(folder.resolve("instances.txt"), String.join("\n", GUIDS) + "\n" + guid);
    assertThat(stand.reload().isRefused()).isFalse();
    Await.until("it is refused", () -> stand.gateway().survey().status().refused() == 1);
    assertThatThrownBy(() -> shown(guid)).isInstanceOf(IOException.class);

    Issued own = stand.certificates.issue(name(guid));
    move(own.certificate(), chain(guid));
    move(own.key(), key(guid));
    Await.until("it is used", SOON, () -> stand.gateway().survey().status().refused() == 0);
    assertThat(shown(guid)).isNotEqualTo(shown(GUIDS.getFirst()));
  }

  /**
   * What changed while another snapshot was made is not lost, and what was seen is still watched.
   */
  @Test
  void reloadsInBetweenLoseNothing() throws Exception {
    Certificate before = shown(GUIDS.getFirst());
    for (int i = 0; i < GUIDS.size(); i++) {
      move(others.key(), key(GUIDS.get(i)));
      move(others.certificate(), chain(GUIDS.get(i)));
      if (i % 20 == 0) {
        stand.timeouts = "{idle: " + (200 + i) + "s}";
        assertThat(stand.reload().isRefused()).isFalse();
      }
    }
    for (String guid : GUIDS) {
      Await.until("the new one of " + guid, SOON, () -> !before.equals(shown(guid)));
    }
    assertThat(stand.gateway().reloads().status().outdated()).isEmpty();
  }

  @Test
  void aReloadLeavesTheOneBeforeToThoseWhoseFilesCannotBeUsed() throws Exception {
    String guid = GUIDS.get(3);
    Certificate before = shown(guid);
    Files.writeString(chain(guid), "no certificate");
    awaitOutdated(guid);
    assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.UNCHANGED);
    stand.timeouts = "{idle: 200s}";
    assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.APPLIED);
    awaitOutdated(guid);
    for (int i = 0; i < 5; i++) {
      assertThat(shown(guid)).isEqualTo(before);
      Thread.sleep(300);
    }
    assertThat(stand.gateway().survey().status().refused()).isZero();
  }

  private void awaitOutdated(String guid) {
    Await.until(
        "it is known",
        Duration.ofSeconds(2),
        () -> stand.gateway().reloads().status().outdated().containsKey(guid));
  }

  /** Nothing is in memory that could be served, so routers are told. */
  @Test
  void oneThatNobodyUsesIsRefusedAndNamedUntilItIsMended() throws Exception {
    String guid = GUIDS.get(3);
    Files.writeString(chain(guid), "no certificate");
    var survey = stand.gateway().survey();
    Await.until("named", Duration.ofSeconds(5), () -> !survey.status().problems().isEmpty());
    assertThat(survey.status().refused()).isEqualTo(1);
    assertThat(survey.status().problems()).singleElement().asString().contains(":4:1: ");
    Await.until("said once", () -> stand.gateway().reloads().status().outdated().isEmpty());

    move(all.certificate(), chain(guid));
    Await.until("mended", SOON, () -> survey.status().problems().isEmpty());
    assertThat(survey.status().refused()).isZero();
    assertThat(shown(guid)).isEqualTo(shown(GUIDS.getFirst()));
  }

  @Test
  void aPairThatManyShareIsReplacedForAll() throws Exception {
    Files.writeString(folder.resolve("instances.txt"), "");
    String[] names = GUIDS.stream().map(UnreadCertificatesIT::name).toArray(String[]::new);
    Issued shared = stand.certificates.issue(names);
    for (String guid : GUIDS) {
      stand.instances.add(
          "{guid: %s, domain: %s, certificate: %s}"
              .formatted(guid, DOMAIN, ReloadStand.files(shared)));
    }
    assertThat(stand.reload().isRefused()).isFalse();
    Certificate before = shown(GUIDS.getFirst());
    shown(GUIDS.get(10));
    shown(GUIDS.getLast());
    awaitChecked();
    move(others.key(), shared.key());
    move(others.certificate(), shared.certificate());
    for (String guid : GUIDS) {
      Await.until("the new one of " + guid, SOON, () -> !before.equals(shown(guid)));
    }
  }

  /** As one of few its certificate is in memory, and stays there. */
  @Test
  void oneThatIsOutdatedWhileOthersComeHasTheNewOneOnceItsFilesFit() throws Exception {
    String guid = GUIDS.get(3);
    Path list = folder.resolve("instances.txt");
    Files.writeString(list, String.join("\n", GUIDS.subList(0, 20)) + "\n");
    assertThat(stand.reload().isRefused()).isFalse();
    Certificate before = shown(guid);
    Files.writeString(chain(guid), "no certificate");
    awaitOutdated(guid);

    Files.writeString(list, String.join("\n", GUIDS) + "\n");
    assertThat(stand.reload().isRefused()).isFalse();
    awaitChecked();
    assertThat(shown(guid)).isEqualTo(before);

    move(others.key(), key(guid));
    move(others.certificate(), chain(guid));
    Await.until("the new one", Duration.ofSeconds(2), () -> !before.equals(shown(guid)));
  }

  @Test
  void oneWhoseFilesAreOthersIsServedWithThose() throws Exception {
    String guid = "00000000-0000-4000-8000-aaaaaaaaaaaa";
    Issued one = stand.certificates.issue(name(guid));
    Issued other = stand.certificates.issue(name(guid));
    for (Issued each : List.of(one, other)) {
      stand.instances.clear();
      stand.instances.add(
          "{guid: %s, domain: %s, certificate: %s}"
              .formatted(guid, DOMAIN, ReloadStand.files(each)));
      assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.APPLIED);
      Certificate its = certificate(each);
      Await.until("its certificate", SOON, () -> its.equals(shown(guid)));
    }
  }

  private static Certificate certificate(Issued issued) throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(issued.certificate())) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  @Test
  void aPipeInThePlaceOfTheListHoldsNothingUp() throws Exception {
    Path list = folder.resolve("instances.txt");
    Path pipe = folder.resolve("pipe");
    Command.run(List.of("mkfifo", pipe.toString())).succeeded();
    Path before = Files.copy(list, folder.resolve("before"));
    Files.move(pipe, list, StandardCopyOption.REPLACE_EXISTING);
    Await.until(
        "it is told", () -> stand.gateway().reloads().status().sourceProblems().size() == 1);
    assertThat(stand.gateway().reloads().status().sourceProblems())
        .singleElement()
        .asString()
        .contains("no regular file");
    Files.move(before, list, StandardCopyOption.REPLACE_EXISTING);
    Await.until(
        "it is mended", () -> stand.gateway().reloads().status().sourceProblems().isEmpty());
  }

  /** What one survey has not got to is left to the next, and nothing else. */
  @Test
  void reloadsOneAfterTheOtherDoNotStarveWhatWasReplaced() throws Exception {
    Certificate next = certificate(others);
    for (String guid : GUIDS) {
      move(others.key(), key(guid));
      move(others.certificate(), chain(guid));
    }
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    int seen = 0;
    for (int i = 0; seen < GUIDS.size() && System.nanoTime() < end; i++) {
      stand.timeouts = "{idle: " + (200 + i % 2) + "s}";
      assertThat(stand.reload().isRefused()).isFalse();
      seen = (int) told("certificate-replaced").stream().distinct().count();
    }
    for (String guid : GUIDS) {
      assertThat(shown(guid)).as(guid).isEqualTo(next);
    }
    assertThat(told("certificate-replaced")).doesNotHaveDuplicates();
  }

  /** Else all would have to be proven again, and would be withdrawn until then. */
  @Test
  void whatIsInMemoryStaysThereWhenOthersCome() throws Exception {
    Path list = folder.resolve("instances.txt");
    Files.writeString(list, String.join("\n", GUIDS.subList(0, 20)) + "\n");
    assertThat(stand.reload().isRefused()).isFalse();
    var few = stand.gateway().live().snapshot().certificates().kept().keySet();
    assertThat(few).hasSize(21);

    Files.writeString(list, String.join("\n", GUIDS) + "\n");
    assertThat(stand.reload().isRefused()).isFalse();
    assertThat(stand.gateway().live().snapshot().certificates().kept().keySet()).isEqualTo(few);
  }

  /** By another name in another folder, as another host may write to a network file system. */
  @Test
  void aReloadNoticesWhatTheKernelDoesNotTell() throws Exception {
    String guid = GUIDS.get(3);
    Certificate before = shown(guid);
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path chain = Files.createLink(elsewhere.resolve("chain"), chain(guid));
    Path key = Files.createLink(elsewhere.resolve("key"), key(guid));
    Files.write(key, Files.readAllBytes(others.key()));
    Files.write(chain, Files.readAllBytes(others.certificate()));

    // a round of comparing takes eight seconds here
    assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.UNCHANGED);
    Await.until("the new one", SOON, () -> !before.equals(shown(guid)));
  }

  @Test
  void nothingIsOutdatedOnceTheInstancesAreGone() throws Exception {
    shown(GUIDS.get(3));
    Files.writeString(chain(GUIDS.get(3)), "no certificate");
    awaitOutdated(GUIDS.get(3));
    Files.writeString(folder.resolve("instances.txt"), "");
    assertThat(stand.reload().isRefused()).isFalse();
    Await.until("said", SOON, () -> stand.gateway().reloads().status().outdated().isEmpty());
  }
}
