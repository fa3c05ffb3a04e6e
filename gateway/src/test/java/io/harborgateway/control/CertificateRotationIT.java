package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.GUID;
import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.ProcessMemory;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that is replaced again and again, while clients connect. */
class CertificateRotationIT {
  private static final int ROTATIONS = LongForm.or(10, 500);

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
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
  void noHandshakeFailsAndNoneGetsHalfAPair() throws Exception {
    Issued one = issue();
    Issued two = issue();
    Thread load = Thread.ofPlatform().daemon().start(this::handshakes);
    long before = 0;
    for (int i = 0; i < ROTATIONS; i++) {
      Certificate was = shown();
      replace(i % 2 == 0 ? one : two);
      Await.until("rotation " + i + " is seen", () -> !was.equals(shown()));
      if (i == ROTATIONS / 2) {
        before = ProcessMemory.ofThisJvm().resident().now();
      }
    }
    long after = ProcessMemory.ofThisJvm().resident().now();
    ending.set(true);
    load.join(Duration.ofSeconds(10));

    System.out.printf(
        "%d rotations, %d handshakes, resident MiB %d -> %d%n",
        ROTATIONS, handshakes.get(), before >> 20, after >> 20);
    assertThat(failures).isEmpty();
    assertThat(stand.gateway().contexts().size()).isEqualTo(1);
    assertThat(stand.gateway().live().get().generation()).isEqualTo(ROTATIONS + 1);
  }

  private Issued issue() {
    return stand.certificates.issue(NAME, GUID + ".images." + DOMAIN, GUID + ".more." + DOMAIN);
  }

  /** The key first: until the chain follows the two do not fit. */
  private void replace(Issued next) throws IOException {
    move(next.key(), stand.certificate.key());
    move(next.certificate(), stand.certificate.certificate());
  }

  private void move(Path from, Path to) throws IOException {
    Path beside = to.resolveSibling(to.getFileName() + ".new");
    Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A client verifies that the key fits, or the handshake fails. */
  private Certificate shown() throws IOException {
    try (RawClient client = stand.connect(NAME)) {
      return client.session().getPeerCertificates()[0];
    }
  }

  private void handshakes() {
    while (!ending.get()) {
      try {
        shown();
        handshakes.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        failures.add(e);
      }
    }
  }
}
