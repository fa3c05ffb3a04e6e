package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.tls.TicketKeys;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Instances whose certificates are all missing show when certificates are looked at. */
@Timeout(30)
class CertificatesTest {
  private static final int MANY = Certificates.KEPT + 1;

  @TempDir Path folder;
  private Path config;

  @BeforeEach
  void write() throws IOException {
    config =
        Files.writeString(
            folder.resolve("gateway.yml"),
            """
            catalogue:
              file: instances.list
              domain: registry.example.com
              certificates: tls
            listeners:
              - name: https
                port: 8443
                protocol: https
                upstream:
                  address: 127.0.0.1:8080
            """);
  }

  private void list(int instances) throws IOException {
    Files.writeString(
        folder.resolve("instances.list"),
        IntStream.range(0, instances)
            .mapToObj("0f1e2d3c-4b5a-6978-8796-%012x"::formatted)
            .collect(Collectors.joining("\n")));
  }

  @Test
  void fewAreCheckedBeforeTheStart() throws Exception {
    list(2);
    assertThatThrownBy(() -> SnapshotBuilder.load(config, Map.of(), Instant.now()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("instances.list:1:1: ")
        .hasMessageContaining("instances.list:2:1: ")
        .hasMessageContaining("no such file");
  }

  @Test
  void ofManyNoneIsReadBeforeItIsNeeded() throws Exception {
    list(MANY);
    Snapshot snapshot = SnapshotBuilder.load(config, Map.of(), Instant.now());
    assertThat(snapshot.routes().instances()).hasSize(MANY);
    assertThat(snapshot.isChecked()).isFalse();
    assertThat(snapshot.certificates().kept()).isEmpty();
    Instance first = snapshot.routes().instances().getFirst();
    assertThatThrownBy(() -> snapshot.certificate(first))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void theCheckCommandReadsAll() throws Exception {
    list(MANY);
    assertThatThrownBy(() -> SnapshotBuilder.loadAll(config, Map.of(), Instant.now()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("instances.list:" + MANY + ":1: ");
  }

  @Test
  void theSurveyRefusesWhatCannotBeUsed() throws Exception {
    list(MANY);
    Snapshot snapshot = SnapshotBuilder.load(config, Map.of(), Instant.now());
    Set<Integer> judged = ConcurrentHashMap.newKeySet();
    var watch = new CertificateWatch(snapshot, InstantSource.system(), new NodeEvents());
    var live = new Live(snapshot, watch);
    try (var contexts =
            new TlsContexts(
                snapshot::certificate,
                () -> TlsSettings.INTERMEDIATE,
                () -> TicketKeys.NONE,
                Runnable::run);
        var survey =
            new CertificateSurvey(
                live,
                contexts,
                new Meters(),
                new NodeEvents(),
                (state, index) -> judged.add(index))) {
      survey.survey(live.get());
      Await.until("all are judged", () -> judged.size() == MANY);
      assertThat(survey.status().refused()).isEqualTo(MANY);
      assertThat(survey.status().problems()).hasSize(MANY).first().asString().contains(":1:1: ");
    }
  }

  /** A failure that nobody thought of is one of the instance that it came with. */
  @Test
  void theSurveyGoesOnAfterAnUnexpectedFailure() throws Exception {
    list(MANY);
    Snapshot snapshot = SnapshotBuilder.load(config, Map.of(), Instant.now());
    Set<Integer> judged = ConcurrentHashMap.newKeySet();
    var failures = new AtomicInteger();
    InstantSource broken =
        () -> {
          failures.incrementAndGet();
          throw new IllegalStateException("a clock that breaks");
        };
    copyCertificate(snapshot.routes().instances().getFirst());
    var watch = new CertificateWatch(snapshot, broken, new NodeEvents());
    var live = new Live(snapshot, watch);
    try (var contexts =
            new TlsContexts(
                snapshot::certificate,
                () -> TlsSettings.INTERMEDIATE,
                () -> TicketKeys.NONE,
                Runnable::run);
        var survey =
            new CertificateSurvey(
                live,
                contexts,
                new Meters(),
                new NodeEvents(),
                (state, index) -> judged.add(index))) {
      survey.survey(live.get());
      Await.until("all are judged", () -> judged.size() == MANY);
      assertThat(failures).hasValue(1);
      assertThat(survey.status().problems()).first().asString().contains("a clock that breaks");
    }
  }

  /** A reload may be prepared for seconds, in which the survey goes on. */
  @Test
  void whatIsLearnedWhileTheNextSnapshotIsPreparedIsNotLost() throws Exception {
    list(MANY);
    Snapshot snapshot = SnapshotBuilder.load(config, Map.of(), Instant.now());
    List<Instance> instances = snapshot.routes().instances();
    copyCertificate(instances.getFirst());
    var before = new CertificateWatch(snapshot, InstantSource.system(), new NodeEvents());
    before.refuse(instances.get(0), "half a pair");
    before.refuse(instances.get(1), "no such file");

    CertificateWatch next = before.next(snapshot);
    before.proven(0, snapshot.certificate(instances.getFirst()));
    before.refuse(instances.get(2), "no such file");

    assertThat(next.problem(0)).isEqualTo("half a pair");
    assertThat(next.adopt(before)).containsExactly(0, 2);
    assertThat(next.problem(0)).isNull();
    assertThat(next.problem(1)).isEqualTo("no such file");
    assertThat(next.problem(2)).isEqualTo("no such file");
    assertThat(next.nearestEnd()).isEqualTo(before.nearestEnd());
    assertThat(next.adopt(before)).isEmpty();
  }

  private void copyCertificate(Instance instance) throws Exception {
    var certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    var issued = certificates.issue(instance.hostNames().toArray(String[]::new));
    Path tls = Files.createDirectories(folder.resolve("tls"));
    Files.copy(issued.certificate(), tls.resolve(instance.guid().value() + ".crt"));
    Files.copy(issued.key(), tls.resolve(instance.guid().value() + ".key"));
  }
}
