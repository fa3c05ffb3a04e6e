package io.harborgateway.control;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.lifecycle.NodeEventKind;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.route.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutdatedCertificatesTest {
  private final AtomicLong now = new AtomicLong();
  private final NodeEvents events = new NodeEvents();
  private final OutdatedCertificates outdated = new OutdatedCertificates(events, now::get);

  private static Map<Instance, String> instances(int count) {
    return IntStream.range(0, count)
        .mapToObj("00000000-0000-4000-8000-%012d"::formatted)
        .map(guid ->
            new Instance(InstanceGuid.of(guid), List.of(HostName.of(guid + ".example.com"))))
        .collect(toMap(instance -> instance, instance -> "no such file"));
  }

  private void see(int count, int seconds) {
    now.set(Duration.ofSeconds(seconds).toNanos());
    outdated.see(instances(count));
  }

  private long told(NodeEventKind kind) {
    return events.recent().counts().getOrDefault(kind, 0L);
  }

  @Test
  void warnsOnceAfterFiveSeconds() {
    see(1, 0);
    see(1, 4);
    assertThat(told(NodeEventKind.CERTIFICATE_OUTDATED)).isZero();
    assertThat(outdated.isWarned()).isFalse();
    see(1, 5);
    see(1, 6);
    assertThat(told(NodeEventKind.CERTIFICATE_OUTDATED)).isEqualTo(1);
    assertThat(outdated.isWarned()).isTrue();
  }

  @Test
  void theTimeBeginsAnewOnceItsFilesCouldBeUsed() {
    see(1, 0);
    see(0, 3);
    see(1, 4);
    see(1, 8);
    assertThat(told(NodeEventKind.CERTIFICATE_OUTDATED)).isZero();
  }

  /** A volume that is away. */
  @Test
  void ofThousandsSomeAreNamedAndTheOthersCounted() {
    see(3_000, 0);
    see(3_000, 5);
    see(3_000, 6);
    assertThat(told(NodeEventKind.CERTIFICATE_OUTDATED)).isEqualTo(20);
    assertThat(told(NodeEventKind.CERTIFICATES_CHANGED)).isEqualTo(1);
    assertThat(outdated.reasons()).hasSize(100);
    assertThat(outdated.isWarned()).isTrue();
  }
}
