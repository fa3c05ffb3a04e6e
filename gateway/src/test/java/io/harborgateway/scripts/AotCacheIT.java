package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** `bin/harbor-gateway prepare` on the real program: the cache is used, until a jar changes. */
@Timeout(300)
class AotCacheIT {
  private static final String USED = "Using AOT-linked classes: true";

  private static final String NATS = " io.nats.client.impl.NatsConnection source: ";

  @TempDir Path folder;

  @Test
  void theCacheIsUsedUntilAJarChanges() throws Exception {
    String launcher = Installation.in(folder).launcher();
    var prepared = Command.run(List.of(launcher, "prepare"));
    assertThat(prepared.exitCode()).as(prepared.stderr()).isZero();
    assertThat(version(launcher)).contains(USED);
    theNatsClientIsInTheCache(launcher);

    Path digests = Files.writeString(folder.resolve("lib/SHA256SUMS"), "of another build\n");
    assertThat(version(launcher)).as("jars of packages").doesNotContain(USED);
    Files.delete(digests);
    assertThat(version(launcher)).contains(USED);

    theCacheIsElsewhereWhereTheProgramCannotWrite(launcher);
    Path jar = folder.resolve("lib/harbor-gateway.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(version(launcher)).contains("harbor-gateway ").doesNotContain(USED);
  }

  /** As in BOSH, whose folder of a package is read-only. */
  private void theCacheIsElsewhereWhereTheProgramCannotWrite(String launcher) throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    String elsewhere = "HARBOR_GATEWAY_AOT_FOLDER=" + data;
    assertThat(version("env", elsewhere, launcher)).doesNotContain(USED);
    Command.run(List.of("env", elsewhere, launcher, "prepare", "--if-needed")).succeeded();
    assertThat(version("env", elsewhere, launcher)).contains(USED);

    FileTime made = Files.getLastModifiedTime(data.resolve("harbor-gateway.aot"));
    Command.run(List.of("env", elsewhere, launcher, "prepare", "--if-needed")).succeeded();
    assertThat(Files.getLastModifiedTime(data.resolve("harbor-gateway.aot"))).isEqualTo(made);
  }

  /** Whether it is ended, or killed, and the next one finds what that has left. */
  @Test
  void aPrepareThatIsEndedLeavesNothing() throws Exception {
    Installation installation = Installation.in(folder);
    Process ended = new ProcessBuilder(installation.launcher(), "prepare").start();
    Await.until("the training's gateway runs", () -> ended.descendants().count() == 2);
    List<ProcessHandle> all = ended.descendants().toList();
    ended.destroy();
    assertThat(ended.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(all).noneMatch(ProcessHandle::isAlive);
    assertThat(caches()).isEmpty();
    assertThat(ended.exitValue()).isEqualTo(143);

    long gone = ended.pid();
    Files.writeString(folder.resolve("lib/harbor-gateway.aot." + gone), "left");
    Files.writeString(folder.resolve("lib/harbor-gateway.aot." + gone + ".config"), "left");
    var failed =
        Command.run(
            List.of(
                "env",
                "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=/proc",
                installation.launcher(),
                "prepare"));
    assertThat(failed.exitCode()).isNotZero();
    assertThat(failed.stderr())
        .contains("no AOT cache could be made")
        .doesNotContain("Exception", "\tat ");
    assertThat(caches()).containsExactly("harbor-gateway.aot", "harbor-gateway.aot.key");
    assertThat(folder.resolve("lib/harbor-gateway.aot")).isEmptyFile();
  }

  private List<String> caches() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("lib"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("harbor-gateway.aot"))
          .sorted()
          .toList();
    }
  }

  /** Loading its classes from the jar was a quarter of the time to the first router.register. */
  private void theNatsClientIsInTheCache(String launcher) throws Exception {
    Path config = folder.resolve("gateway.yml");
    Files.writeString(
        config,
        """
        node: {address: 127.0.0.1}
        instances: [{guid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0, domain: registry.example.com}]
        listeners: [{name: http, port: 1, protocol: http, upstream: {address: "127.0.0.1:1"}}]
        registration: {servers: ["nats://127.0.0.1:1"]}
        admin: {port: %d}
        """
            .formatted(FreePorts.loopback(1).getFirst()));
    Path classes = folder.resolve("classes.txt");
    Path output = folder.resolve("output.txt");
    var builder = new ProcessBuilder(launcher, "run", "--config", config.toString());
    builder.environment().put("HARBOR_GATEWAY_JAVA_OPTS", "-Xlog:class+load:file=" + classes);
    Process gateway = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      Await.until("NATS is asked", () -> Files.readString(classes).contains(NATS));
      assertThat(Files.readAllLines(classes))
          .filteredOn(line -> line.contains(NATS))
          .allSatisfy(line -> assertThat(line).contains("shared objects file"));
    } catch (AssertionError e) {
      throw new AssertionError(Files.readString(output), e);
    } finally {
      gateway.destroyForcibly().waitFor();
    }
  }

  private static String version(String... launcher) {
    List<String> command =
        new ArrayList<>(List.of("env", "HARBOR_GATEWAY_JAVA_OPTS=-Xlog:aot=info"));
    command.addAll(List.of(launcher));
    command.add("--version");
    var result = Command.run(command);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result.stdout();
  }
}
