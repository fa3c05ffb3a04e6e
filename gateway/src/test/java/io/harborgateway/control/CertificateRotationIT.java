package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.files;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.ProcessMemory;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The certificates of many instances, replaced again and again, while clients connect; the gateway
 * is a process as it is shipped, so that its memory is its own.
 */
class CertificateRotationIT {
  private static final int INSTANCES = 40;
  private static final int ROUNDS = LongForm.or(5, 250);
  private static final int CLIENTS = 2;

  /** A name, its files, and what they are in turn. */
  private record Rotated(String name, Issued place, List<Issued> turns) {}

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private final List<Rotated> rotated = new ArrayList<>();
  private ReloadStand stand;
  private GatewayProcess gateway;

  @BeforeEach
  void start() {
    stand = ReloadStand.prepare(folder, origin.port());
    for (int i = 0; i < INSTANCES; i++) {
      String guid = "%08x-2222-3333-4444-555555555555".formatted(i);
      String name = guid + "." + DOMAIN;
      Issued place = stand.certificates.issue(name);
      stand.instances.add(
          "{guid: %s, domain: %s, certificate: %s}".formatted(guid, DOMAIN, files(place)));
      rotated.add(
          new Rotated(
              name,
              place,
              List.of(stand.certificates.issue(name), stand.certificates.issue(name))));
    }
    gateway = GatewayProcess.launchAsShipped(folder, stand.yaml()).started();
  }

  @AfterEach
  void close() {
    gateway.close();
    stand.close();
    origin.close();
  }

  @Test
  void noHandshakeFailsAndNoneGetsHalfAPair() throws Exception {
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Thread.ofPlatform().daemon().start(this::handshakes));
    }
    List<Long> resident = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Rotated each : rotated) {
        replace(each, round);
      }
      for (Rotated each : rotated) {
        Certificate next = certificate(each.turns().get(round % 2));
        Await.until("round " + round + " of " + each.name(), () -> next.equals(shown(each.name())));
      }
      if ((round + 1) % (ROUNDS / 5) == 0) {
        resident.add(residentAfterCollection() >> 20);
      }
    }
    ending.set(true);
    for (Thread client : clients) {
      client.join(Duration.ofSeconds(10));
    }

    System.out.printf(
        "%d rotations, %d handshakes beside them, resident MiB after a collection at each fifth: %s%n",
        ROUNDS * INSTANCES, handshakes.get(), resident);
    assertThat(failures).isEmpty();
    assertThat(handshakes.get()).isGreaterThan(ROUNDS);
    assertThat(resident.getLast()).isLessThan(resident.get(1) + 32);
  }

  /** The key first: until the chain follows the two do not fit. */
  private static void replace(Rotated each, int round) throws IOException {
    Issued next = each.turns().get(round % 2);
    move(next.key(), each.place().key());
    move(next.certificate(), each.place().certificate());
  }

  private static void move(Path from, Path to) throws IOException {
    Path beside = to.resolveSibling(to.getFileName() + ".new");
    Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Certificate certificate(Issued issued) throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(issued.certificate())) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /** A client verifies that the key fits, or the handshake fails. */
  private Certificate shown(String name) throws IOException {
    var tls = RawClient.Tls.of(stand.certificates.trusting()).serverName(name);
    try (RawClient client = RawClient.connect(address(), tls)) {
      return client.session().getPeerCertificates()[0];
    }
  }

  /** Without garbage, for which the heap grows up to its limit. */
  private long residentAfterCollection() {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Command.run(List.of(jcmd, Long.toString(gateway.pid()), "GC.run")).succeeded();
    return ProcessMemory.resident(gateway.pid()).now();
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), stand.https);
  }

  private void handshakes() {
    while (!ending.get()) {
      try {
        shown(rotated.get(ThreadLocalRandom.current().nextInt(INSTANCES)).name());
        handshakes.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        failures.add(e);
      }
    }
  }
}
