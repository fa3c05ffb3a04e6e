package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.source.InstancesBucket;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.nats.client.Connection;
import io.nats.client.KeyValue;
import io.nats.client.Nats;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances by keys of a bucket of NATS, which comes and goes. */
class InstancesBucketIT {
  private static final String ONE = "11111111-2222-3333-4444-555555555555";
  private static final String TWO = "22222222-2222-3333-4444-555555555555";

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private NatsServer nats;
  private ReloadStand stand;

  @BeforeEach
  void start() {
    nats = NatsServer.start("-js", "-sd", folder.resolve("jetstream").toString());
    stand = ReloadStand.prepare(folder, origin.port());
    stand.sections.add(section("instances", "kept.json"));
  }

  @AfterEach
  void close() {
    stand.close();
    nats.close();
    origin.close();
  }

  @Test
  void keysComeChangeAndGo() throws Exception {
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      stand.start(); // the bucket is not there yet
      KeyValue bucket = create(connection);
      bucket.put(ONE, instance(ONE, "[]"));
      await(ONE + "." + DOMAIN, true);
      bucket.put(ONE, instance(ONE, "[images]"));
      bucket.put(TWO, "guid: none");
      await(ONE + ".images." + DOMAIN, true);
      Await.until("the bad one is named", () -> !problems().isEmpty());
      assertThat(problems()).contains("nats:instances/" + TWO + ":1:7: guid: \"none\"");

      bucket.put(ONE, "guid: ["); // its last good version stays
      bucket.put(TWO, instance(TWO, "[]"));
      await(TWO + "." + DOMAIN, true);
      Await.until("it is named", () -> problems().contains(ONE));
      assertThat(serves(ONE + ".images." + DOMAIN)).isTrue();

      bucket.put("long", "#".repeat(70_000));
      Await.until("it is named", () -> problems().contains("long: 70000 bytes"));
      bucket.delete("long");

      bucket.delete(ONE);
      await(ONE + "." + DOMAIN, false);
      Await.until("nothing is named any more", () -> problems().isEmpty());
    }
  }

  @Test
  void natsAwayChangesNothingAndAStartWithoutItServes() throws Exception {
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      KeyValue bucket = create(connection);
      bucket.put(ONE, instance(ONE, "[images]"));
      stand.start();
      await(ONE + ".images." + DOMAIN, true);
      bucket.put(ONE, "guid: [");
      Await.until("it is named", () -> problems().contains(ONE));
    }
    Path kept = folder.resolve("kept.json");
    Await.until(
        "the good version is kept",
        () -> Files.exists(kept) && Files.readString(kept).contains("images"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");

    nats.stop();
    Await.until("its absence is seen", () -> !bucketStatus().isWatched());
    assertThat(serves(ONE + ".images." + DOMAIN)).isTrue();
    assertThat(stand.reload().outcome()).isNotEqualTo(Reloads.Outcome.REJECTED);
    assertThat(serves(ONE + ".images." + DOMAIN)).isTrue();

    stand.close();
    stand.start();
    assertThat(serves(ONE + ".images." + DOMAIN)).isTrue();
    nats.restart();
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      connection.keyValue("instances").put(ONE, instance(ONE, "[]"));
      await(ONE + ".images." + DOMAIN, false);
      assertThat(serves(ONE + "." + DOMAIN)).isTrue();

      // a bucket that was lost and made anew says nothing yet
      connection.keyValueManagement().delete("instances");
      create(connection);
      nats.restart(); // else its silence is noticed after 30 s
      Await.until("it is seen", () -> String.valueOf(bucketStatus().lastError()).contains("empty"));
      assertThat(serves(ONE + "." + DOMAIN)).isTrue();

      stand.close(); // a new process hears nothing else than that
      stand.start();
      Await.until(
          "it is seen again", () -> String.valueOf(bucketStatus().lastError()).contains("empty"));
      assertThat(serves(ONE + "." + DOMAIN)).isTrue();
      assertThat(Files.readString(kept)).contains(ONE);
    }
  }

  @Test
  void aBucketTakenOutAndPutBackIsServedAtOnceAlsoWithoutNats() throws Exception {
    serveOne();
    String section = stand.sections.removeLast();

    assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.APPLIED);
    assertThat(serves(ONE + "." + DOMAIN)).isFalse();
    assertThat(kept("kept.json")).contains(ONE);

    nats.stop();
    stand.sections.add(section);
    assertThat(stand.reload().notTaken().toString()).contains("nothing heard from instances");
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    restart();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
  }

  @Test
  void aNameThatLeadsToNoBucketIsSaidAndWhatIsServedStays() throws Exception {
    serveOne();
    stand.sections.set(0, section("typo", "kept.json"));

    Reloads.Result result = stand.reload();
    assertThat(result.outcome()).isEqualTo(Reloads.Outcome.APPLIED);
    assertThat(result.notTaken().toString())
        .contains("instances-bucket.name: \"typo\"", "what bucket instances said last stays")
        .contains("instances-bucket: nothing heard from typo: ", "stream not found");
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    Await.until("it is kept for that name", () -> kept("kept.json").contains("typo"));
    restart();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    assertThat(problems()).contains("\"typo\"");

    nats.stop(); // mended by a restart: the file is still that of the first bucket
    stand.sections.set(0, section("instances", "kept.json"));
    restart();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    assertThat(problems()).isEmpty();
  }

  @Test
  void aBucketByAnotherNameTakesOverWhenItIsHeard() throws Exception {
    serveOne();
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      KeyValue other = create(connection, "other");
      other.put(ONE, "guid: ["); // its last good version stays
      other.put(TWO, instance(TWO, "[]"));
    }
    stand.sections.set(0, section("other", "kept.json"));
    stand.write(stand.yaml());
    Reloads.Result planned = stand.gateway().reloads().plan(null);
    assertThat(planned.changes().toString()).contains("added: instances[" + TWO);
    assertThat(serves(TWO + "." + DOMAIN)).isFalse();

    Reloads.Result result = stand.reload();
    assertThat(serves(TWO + "." + DOMAIN)).isTrue();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    assertThat(result.notTaken().toString())
        .isEqualTo(planned.notTaken().toString())
        .contains("nats:other/" + ONE)
        .doesNotContain("instances-bucket");
    Await.until(
        "it is kept",
        () -> kept("kept.json").contains(TWO) && kept("kept.json").contains("guid: " + ONE));
    nats.stop();
    restart();
    assertThat(serves(TWO + "." + DOMAIN)).isTrue();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
  }

  @Test
  void aBucketThatIsAddedIsServedWhenTheReloadEnds() throws Exception {
    serveOne();
    String section = stand.sections.removeLast();
    stand.reload();
    Files.delete(folder.resolve("kept.json"));
    stand.sections.add(section);

    Reloads.Result result = stand.reload();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    assertThat(result.notTaken()).isEmpty();
    Await.until("it is kept", () -> kept("kept.json").contains(ONE));
  }

  /** The file has what the bucket said before. */
  @Test
  void aBucketThatIsAddedAndHasBeenMadeAnewTakesNothingAway() throws Exception {
    serveOne();
    String section = stand.sections.removeLast();
    stand.reload();
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      connection.keyValueManagement().delete("instances");
      create(connection);
    }
    stand.sections.add(section);

    Reloads.Result result = stand.reload();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    assertThat(result.notTaken().toString()).contains("empty, as if it were new");
    assertThat(kept("kept.json")).contains(ONE);
  }

  @Test
  void aStateFileInAnotherPlaceHasWhatIsServed() throws Exception {
    serveOne();
    nats.stop();
    stand.sections.set(0, section("instances", "elsewhere.json"));

    stand.reload();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
    Await.until("it is kept there", () -> kept("elsewhere.json").contains(ONE));
    restart();
    assertThat(serves(ONE + "." + DOMAIN)).isTrue();
  }

  /** Each bucket has its own state file, and both are changed at once. */
  @Test
  void aBucketThatWasStoredBeforeIsServedFromItsOwnFile() throws Exception {
    String other =
        "{\"bucket\":\"other\",\"values\":{\"two\":\"%s\",\"bad\":\"guid: [\"}}"
            .formatted(instance(TWO, "[]").replace("\"", "\\\"").replace("\n", "\\n"));
    Files.writeString(folder.resolve("other.json"), other);
    serveOne();
    nats.stop();
    stand.sections.set(0, section("other", "other.json"));

    stand.reload();
    assertThat(serves(TWO + "." + DOMAIN)).isTrue();
    assertThat(serves(ONE + "." + DOMAIN)).isFalse();
    restart();
    assertThat(serves(TWO + "." + DOMAIN)).isTrue();
    assertThat(kept("other.json")).isEqualTo(other);
    assertThat(kept("kept.json")).contains(ONE);
  }

  @Test
  void aValueThatIsTooLongLeavesTheGoodOneOnDisk() throws Exception {
    serveOne();
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      KeyValue bucket = connection.keyValue("instances");
      bucket.put(ONE, "#".repeat(70_000));
      Await.until("it is named", () -> problems().contains(ONE));
      bucket.put(TWO, instance(TWO, "[]"));
      await(TWO + "." + DOMAIN, true);
    }
    Await.until("the other one is kept", () -> kept("kept.json").contains(TWO));
    assertThat(kept("kept.json")).contains(ONE);
  }

  @Test
  void tenThousandKeys() throws Exception {
    int keys = 10_000;
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      KeyValue bucket = create(connection);
      String certificate = certificate(ONE);
      for (int i = 0; i < keys; i++) {
        String guid = "00000000-0000-0000-0000-%012x".formatted(i);
        byte[] value =
            ("guid: " + guid + "\ndomain: " + DOMAIN + "\n" + certificate)
                .getBytes(StandardCharsets.UTF_8);
        connection.publish("$KV.instances." + guid, value);
      }
      connection.flush(Duration.ofSeconds(30));
      Await.until(
          "all are stored",
          Duration.ofSeconds(60),
          () -> bucket.getStatus().getEntryCount() == keys);
      stand.start();
      long begun = System.nanoTime();
      Await.until(
          "all are served",
          Duration.ofSeconds(60),
          () -> stand.gateway().live().snapshot().routes().instances().size() == keys + 1);
      System.out.printf("%d keys within %d ms%n", keys, (System.nanoTime() - begun) / 1_000_000);
      begun = System.nanoTime();
      bucket.put(ONE, instance(ONE, "[]"));
      await(ONE + "." + DOMAIN, true);
      System.out.printf("one more within %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    }
  }

  /** Starts with one key in the bucket, and waits until it is on disk. */
  private void serveOne() throws Exception {
    try (Connection connection = Nats.connect(nats.uri().toString())) {
      create(connection).put(ONE, instance(ONE, "[]"));
    }
    stand.start();
    await(ONE + "." + DOMAIN, true);
    Await.until("it is kept", () -> kept("kept.json").contains(ONE));
  }

  private void restart() {
    stand.close();
    stand.start();
  }

  private String kept(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.exists(path) ? Files.readString(path) : "";
  }

  private String section(String name, String state) {
    return "instances-bucket: {name: %s, state: %s, servers: [\"%s\"]}"
        .formatted(name, state, nats.uri());
  }

  private static KeyValue create(Connection connection) throws Exception {
    return create(connection, "instances");
  }

  private static KeyValue create(Connection connection, String name) throws Exception {
    connection
        .keyValueManagement()
        .create(KeyValueConfiguration.builder().name(name).storageType(StorageType.File).build());
    return connection.keyValue(name);
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

  private void await(String host, boolean served) {
    Await.until(host + (served ? " is served" : " is not served"), () -> serves(host) == served);
  }

  private boolean serves(String host) {
    return stand.gateway().live().snapshot().routes().lookup(host) != null;
  }

  private InstancesBucket.Status bucketStatus() {
    return Objects.requireNonNull(stand.gateway().reloads().status().bucket(), "configured");
  }

  private String problems() {
    return String.join("\n", stand.gateway().reloads().status().sourceProblems());
  }
}
