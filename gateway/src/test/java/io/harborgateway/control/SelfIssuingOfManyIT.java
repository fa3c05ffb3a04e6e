package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that the gateway issues itself, of more instances than are kept in memory. */
class SelfIssuingOfManyIT {
  private static final int INSTANCES = LongForm.or(100, 10_000);
  private static final Duration LIMIT = LongForm.or(Duration.ofMinutes(1), Duration.ofMinutes(30));
  private static final int CLIENTS = 2;
  private static final List<String> GUIDS =
      IntStream.range(0, INSTANCES).mapToObj("00000000-0000-4000-8000-%012d"::formatted).toList();

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private ReloadStand stand;

  @BeforeEach
  void prepare() throws IOException {
    stand = ReloadStand.prepare(folder, origin.port());
    list(GUIDS);
    stand.sections.add("catalogue: {file: instances.txt, domain: %s}".formatted(DOMAIN));
    stand.sections.add(
        "certs: {issuer: {certificate: ca.pem, key: ca.key.pem, directory: issued, key-type: ecdsa,"
            + " validity: 240h}}");
  }

  private void list(List<String> lines) throws IOException {
    Files.writeString(folder.resolve("instances.txt"), String.join("\n", lines) + "\n");
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  private static String name(String guid) {
    return guid + "." + DOMAIN;
  }

  private Path chain(String guid) {
    return folder.resolve("issued").resolve(guid + ".crt");
  }

  private X509Certificate shown(String name) throws IOException {
    try (RawClient client = stand.connect(name)) {
      return (X509Certificate) client.session().getPeerCertificates()[0];
    }
  }

  private CertificateIssuing.Status status() {
    return requireNonNull(stand.gateway().issuing().status());
  }

  private void awaitAllServed() {
    Await.until(
        "all are issued, proven and served",
        LIMIT,
        () -> {
          var survey = stand.gateway().survey().status();
          return survey.checked() == survey.instances() && survey.refused() == 0;
        });
  }

  @Test
  void thoseThatAreMissingAreIssuedInTheBackground() throws Exception {
    stand.start();
    awaitAllServed();
    assertThat(status().issued()).isEqualTo(INSTANCES);
    assertThat(status().problem()).isNull();
    assertThat(shown(name(GUIDS.getFirst()))).isNotEqualTo(shown(name(GUIDS.getLast())));

    String added = "11111111-0000-4000-8000-000000000000";
    List<String> lines = new ArrayList<>(GUIDS);
    lines.set(5, GUIDS.get(5) + " added");
    lines.add(added);
    list(lines);
    assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.APPLIED);
    for (String name :
        List.of(GUIDS.get(5) + ".added." + DOMAIN, name(added), name(GUIDS.get(5)))) {
      Await.until(name, Duration.ofSeconds(2), () -> shown(name) != null);
    }

    Files.delete(chain(added));
    Await.until("issued again", LIMIT, () -> Files.exists(chain(added)));
    awaitAllServed();
  }

  @Test
  void noHandshakeFailsWhileAllAreRenewed() throws Exception {
    List<X509Certificate> before = new ArrayList<>();
    CertificateAuthority ca =
        CertificateAuthority.load(folder.resolve("ca.pem"), folder.resolve("ca.key.pem"), null);
    Instant then = Instant.now().minus(Duration.ofDays(9));
    for (String guid : GUIDS) {
      IssueRequest like = IssueRequest.forNames(List.of(name(guid)), then, Duration.ofDays(10));
      InstanceCertificate due =
          ca.issue(
              new IssueRequest(
                  like.names(), List.of(), KeyType.EC_P256, like.from(), like.validity()));
      due.write(chain(guid), folder.resolve("issued").resolve(guid + ".key"), OverwriteMode.REFUSE);
      before.add(due.leaf());
    }
    stand.start();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Thread.ofPlatform().daemon().start(this::handshakes));
    }
    long begun = System.nanoTime();
    Await.until("all are renewed", LIMIT, () -> status().issued() == INSTANCES);
    long nanos = System.nanoTime() - begun;
    for (int i = 0; i < INSTANCES; i += INSTANCES / 100) {
      String name = name(GUIDS.get(i));
      X509Certificate old = before.get(i);
      Await.until(name, () -> !shown(name).equals(old));
    }
    Thread.sleep(6_000); // nothing is renewed twice
    ending.set(true);
    for (Thread client : clients) {
      client.join(Duration.ofSeconds(10));
    }
    System.out.printf(
        "%d renewals in %d s, %d handshakes beside them, %d failed%n",
        INSTANCES, Duration.ofNanos(nanos).toSeconds(), handshakes.get(), failures.size());
    assertThat(failures).isEmpty();
    assertThat(handshakes.get()).isGreaterThan(INSTANCES / 2);
    assertThat(status().issued()).isEqualTo(INSTANCES);
    assertThat(stand.gateway().survey().status().refused()).isZero();
  }

  private void handshakes() {
    while (!ending.get()) {
      try {
        shown(name(GUIDS.get(ThreadLocalRandom.current().nextInt(INSTANCES))));
        handshakes.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        failures.add(e);
      }
    }
  }
}
