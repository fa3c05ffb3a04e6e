package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.Pem;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By a clock that the test sets. */
class CertificateWatchTest {
  private static final Duration GUARD = Duration.ofMinutes(5);

  private final Instant begin;
  private final Instant end;
  private final Snapshot snapshot;
  private final Instance instance;
  private final CertificateWatch watch;
  private Instant now;

  CertificateWatchTest(@TempDir Path folder) throws Exception {
    var silent = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    var yaml =
        new GatewayYaml(folder)
            .listener("https", "https", silent)
            .section("registration: {servers: [\"nats://127.0.0.1:1\"], certificate-guard: 5m}");
    Path config = Files.writeString(folder.resolve("gateway.yml"), yaml.text());
    snapshot = SnapshotBuilder.load(config, Map.of(), Instant.now());
    instance = snapshot.routes().instances().getFirst();
    var certificate = snapshot.certificate(instance);
    begin = certificate.main().notBefore();
    end = certificate.notAfter();
    now = begin.plus(Duration.ofDays(1));
    watch = new CertificateWatch(snapshot, () -> now, new NodeEvents());
    assertThat(watch.problem(0)).isEqualTo("no handshake has proven it yet");
    assertThat(watch.look()).as("nothing is known of it").isFalse();
    watch.proven(0, certificate);
    assertThat(watch.problem(0)).isNull();
  }

  private CertificateWatch at(Instant time) {
    now = time;
    return watch;
  }

  @Test
  void aCertificateIsNoProblemUntilItsGuard() {
    assertThat(at(end.minus(GUARD).minusSeconds(1)).look()).isFalse();
    assertThat(watch.problem(0)).isNull();
  }

  @Test
  void withinItsGuardItIsServedButNotAnnounced() {
    assertThat(at(end.minus(GUARD)).look()).isTrue();
    assertThat(watch.problem(0)).isEqualTo("ends at " + end);
    assertThat(watch.refusal(instance)).isNull();
    assertThat(at(end).look()).as("the same").isFalse();
  }

  @Test
  void afterItsEndItIsNeither() {
    assertThat(at(end.plusSeconds(1)).look()).isTrue();
    assertThat(watch.problem(0)).isEqualTo("ended at " + end);
    assertThat(watch.refusal(instance)).isEqualTo("ended at " + end);
    assertThat(watch.problems()).isEqualTo(1);
  }

  /** A clock that is set wrong for a minute, in either direction, and then right again. */
  @Test
  void aClockThatJumpsWithdrawsForAsLongAsItIsWrong() {
    Instant right = now;
    for (Instant wrong : new Instant[] {end.plusSeconds(3600), begin.minusSeconds(1)}) {
      assertThat(at(wrong).look()).isTrue();
      assertThat(watch.refusal(instance)).isNotNull();
      assertThat(at(right).look()).as("right again").isTrue();
      assertThat(watch.problem(0)).isNull();
      assertThat(watch.refusal(instance)).isNull();
      assertThat(watch.problems()).isZero();
    }
    assertThat(at(begin).look()).as("its first second").isFalse();
  }

  @Test
  void aJumpFromOneProblemToTheOtherIsAChange() {
    assertThat(at(begin.minusSeconds(1)).look()).isTrue();
    assertThat(watch.problem(0)).isEqualTo("is not valid before " + begin);
    assertThat(at(end.plusSeconds(1)).look()).isTrue();
    assertThat(watch.problem(0)).isEqualTo("ended at " + end);
  }

  @Test
  void whatDoesNotDependOnTimeStays() {
    watch.refuse(instance, "no such file");
    for (Instant any : new Instant[] {now, begin.minusSeconds(1), end.plusSeconds(1), now}) {
      at(any).look();
      assertThat(watch.problem(0)).isEqualTo("no such file");
    }
  }

  /** A root that is sent, and ends before the leaf: clients may have a newer one of its key. */
  @Test
  void anIssuerWhoseEndMayNotMatterIsSaidAndStaysAnnounced(@TempDir Path folder) throws Exception {
    var authority = TestCertificates.in(folder); // its certificate ends after 30 days
    var issued =
        authority.issue("EC:P-256", 90, "subjectAltName = DNS:" + instance.hostNames().getFirst());
    var root = Pem.certificates(authority.ca()).getFirst();
    var chain = List.of(Pem.certificates(issued.certificate()).getFirst(), root);
    Instant rootEnd = root.getNotAfter().toInstant();
    var events = new NodeEvents();
    var doubtful = new CertificateWatch(snapshot, () -> now, events);
    now = rootEnd.minus(Duration.ofDays(20));
    doubtful.proven(
        0, CertificateSet.of(InstanceCertificate.of(chain, Pem.privateKey(issued.key()))));
    doubtful.look();
    assertThat(doubtful.doubt(instance)).isNull();
    assertThat(events.recent().events()).isEmpty();
    for (Instant next : List.of(rootEnd.minus(Duration.ofDays(1)), rootEnd.plusSeconds(1))) {
      now = next;
      doubtful.look();
      doubtful.look();
      assertThat(doubtful.problem(0)).isNull();
      assertThat(doubtful.doubt(instance)).startsWith("CN=test-ca ends at " + rootEnd);
    }
    assertThat(events.recent().events())
        .as("once before, and once at the end")
        .hasSize(2)
        .allSatisfy(
            recorded -> assertThat(recorded.event()).isInstanceOf(CertificateEvent.Doubtful.class));
  }
}
