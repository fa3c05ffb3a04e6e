package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive with a Java of its own. */
@Timeout(600)
class RuntimeImageIT {
  @TempDir static Path folder;

  private static Path home = Path.of("");

  @BeforeAll
  static void unpack() throws IOException {
    run("tar", "-xzf", Packages.tar().toString(), "-C", folder.toString()).succeeded();
    try (Stream<Path> unpacked = Files.list(folder)) {
      home = unpacked.findFirst().orElseThrow();
    }
  }

  @Test
  void runsWhereThereIsNoJava() throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("readlink", "stat", "cat")) {
      Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
    }
    var result =
        run(
            "env",
            "-i",
            "PATH=" + tools,
            "HARBOR_GATEWAY_JVMS=" + tools,
            "HARBOR_GATEWAY_JAVA_OPTS=-Xlog:class+load:file=" + folder.resolve("classes.txt"),
            home.resolve("bin/harbor-gateway").toString(),
            "--version");
    assertThat(result.succeeded().stdout()).startsWith("harbor-gateway ").contains("Java 25");
    assertThat(Files.readString(folder.resolve("classes.txt")))
        .as("the base archive of the runtime is used")
        .contains("java.lang.Object source: shared objects file");
  }

  /** Handshakes, HTTP client and server, name service, logging: the modules suffice. */
  @Test
  void servesTheDemoWithItsModules() {
    var result = run(home.resolve("bin/harbor-gateway").toString(), "demo", "--check");
    assertThat(result.stdout()).as(result.stderr()).contains("12 of 12 hold");
  }

  /** As when a package brings another Java, whose programs refuse to work for the running JVM. */
  @Test
  void handsOverThoughTheRuntimeHasBeenReplaced() throws Exception {
    int admin = FreePorts.loopback(1).getFirst();
    var issued =
        TestCertificates.in(Files.createDirectory(folder.resolve("certificates")))
            .issue("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.registry.test");
    Path config = folder.resolve("gateway.yml");
    Files.writeString(
        config,
        """
        node: {address: 127.0.0.1}
        instances:
          - guid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
            domain: registry.test
            certificate: {chain: "%s", key: "%s"}
        listeners: [{name: http, port: 1, protocol: http, upstream: {address: "127.0.0.1:1"}}]
        admin: {port: %d}
        """
            .formatted(issued.certificate(), issued.key(), admin));
    String launcher = home.resolve("bin/harbor-gateway").toString();
    Path output = folder.resolve("output.txt");
    Process gateway =
        new ProcessBuilder(launcher, "run", "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Path starter = starterOfProcesses();
    byte[] own = Files.readAllBytes(starter);
    try {
      Await.until("it has started", () -> Files.readString(output).contains("gateway started"));
      Files.writeString(starter, "#!/bin/sh\necho another version >&2\nexit 1\n");
      var upgraded = run(launcher, "upgrade", "--config", config.toString());
      assertThat(upgraded.succeeded().stdout()).contains("has taken over");
      long next = Long.parseLong(upgraded.stdout().replaceAll("\\D", ""));
      ProcessHandle.of(next).ifPresent(ProcessHandle::destroyForcibly);
    } finally {
      Files.write(starter, own);
      gateway.destroyForcibly().waitFor();
    }
  }

  private static Path starterOfProcesses() throws IOException {
    try (var found = Files.newDirectoryStream(home.resolve("runtime/lib"), "jspawn*")) {
      return found.iterator().next();
    }
  }

  @Test
  void hasWhatBelongsToAnInstallation() throws IOException {
    for (String file :
        List.of(
            "share/gateway.schema.json",
            "share/examples/full.yml",
            "share/doc/operations.md",
            "share/doc/sbom.cdx.json",
            "share/doc/THIRD-PARTY.txt",
            "share/man/man1/harbor-gateway.1",
            "share/man/man1/harbor-gateway-certs-issue.1",
            "share/bash-completion/completions/harbor-gateway",
            "runtime/legal/java.base/LICENSE")) {
      assertThat(home.resolve(file)).isNotEmptyFile();
    }
    assertThat(home.resolve("lib/native")).isDirectoryContaining("glob:**tcnative*");
    assertThat(Files.readString(home.resolve("lib/SHA256SUMS")))
        .contains(Packages.sha256(home.resolve("lib/harbor-gateway.jar")));
  }

  @Test
  void itsManualIsWellFormed() throws IOException {
    try (Stream<Path> pages = Files.list(home.resolve("share/man/man1"))) {
      for (Path page : pages.toList()) {
        var result = run("groff", "-man", "-ww", "-Tutf8", page.toString());
        assertThat(result.succeeded().stderr()).as(page.toString()).isEmpty();
      }
    }
    String run = Files.readString(home.resolve("share/man/man1/harbor-gateway-run.1"));
    assertThat(run).contains("\\-\\-config", "SYNOPSIS", ".SH FILES");
  }

  @Test
  void itsCompletionOffersCommandsAndOptions() {
    String script =
        """
        . %s
        COMP_WORDS=(harbor-gateway "$1" "$2") COMP_CWORD=$3
        _complete_harbor-gateway
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(home.resolve("share/bash-completion/completions/harbor-gateway"));
    assertThat(run("bash", "-c", script, "bash", "re", "", "1").succeeded().stdout())
        .isEqualTo("reload\n");
    assertThat(run("bash", "-c", script, "bash", "run", "--str", "2").succeeded().stdout())
        .isEqualTo("--strict\n");
  }

  /** A library may come to need another module: jdeps is asked, which takes its time. */
  @Test
  void hasTheModulesThatJdepsFinds() throws IOException {
    assumeThat(LongForm.or(false, true)).isTrue();
    var found =
        new TreeSet<>(
            List.of(
                run(
                        System.getProperty("java.home") + "/bin/jdeps",
                        "--multi-release=25",
                        "--ignore-missing-deps",
                        "--print-module-deps",
                        "--class-path=" + home.resolve("lib") + "/*",
                        home.resolve("lib/harbor-gateway.jar").toString())
                    .succeeded()
                    .stdout()
                    .strip()
                    .split(",")));
    found.removeAll(List.of("java.desktop", "java.sql"));
    assertThat(Files.readString(home.resolve("runtime/release"))).contains(found);
  }

  private static Command.Result run(String... command) {
    return Command.run(List.of(command), new byte[0], Duration.ofMinutes(2));
  }
}
