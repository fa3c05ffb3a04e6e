package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.ShippedOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * bin/harbor-gateway as installed, with a program in the gateway's place that tells how it was run.
 */
@Timeout(60)
class LauncherIT {
  private static final Path SCRIPTS = Path.of("../bin");
  private static final String PROGRAM =
      """
      package io.harborgateway.cli;

      public class Main {
        public static void main(String[] args) {
          System.out.println(ProcessHandle.current().pid() + " " + String.join("|", args));
          System.out.println("Java " + Runtime.version().feature());
          System.out.println(System.getProperty("own"));
          System.exit(args.length);
        }
      }
      """;

  @TempDir private static Path shared;

  @TempDir Path folder;

  private Path installed;

  @BeforeAll
  static void compile() throws IOException {
    Path source = Files.writeString(shared.resolve("Main.java"), PROGRAM);
    int exitCode =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "the tests need a JDK")
            .run(null, null, null, "-d", shared.toString(), source.toString());
    assertThat(exitCode).isZero();
    String name = "io/harborgateway/cli/Main.class";
    try (var jar =
        new JarOutputStream(Files.newOutputStream(shared.resolve("harbor-gateway.jar")))) {
      jar.putNextEntry(new JarEntry(name));
      jar.write(Files.readAllBytes(shared.resolve(name)));
    }
  }

  @BeforeEach
  void install() throws IOException {
    installed = folder.resolve("with a space");
    Files.createDirectories(installed.resolve("bin/lib"));
    Files.createDirectories(installed.resolve("lib"));
    for (String script : List.of("harbor-gateway", "lib/jdk.sh", "lib/aot.sh")) {
      Files.copy(SCRIPTS.resolve(script), installed.resolve("bin").resolve(script));
    }
    Files.copy(shared.resolve("harbor-gateway.jar"), installed.resolve("lib/harbor-gateway.jar"));
  }

  private static Command.Result run(List<String> environment, String... command) {
    return Command.run(
        Stream.of(List.of("env"), environment, List.of(command)).flatMap(List::stream).toList());
  }

  @Test
  void becomesTheProgramAndGivesItTheArguments() throws IOException {
    Path link =
        Files.createSymbolicLink(folder.resolve("link"), installed.resolve("bin/harbor-gateway"));
    var result =
        run(
            List.of("-C", "/", "HARBOR_GATEWAY_JAVA_OPTS=-Dkeep=1 -Down=value"),
            "sh",
            "-c",
            "echo $$; exec \"$@\"",
            "sh",
            link.toString(),
            "run",
            "a b");
    List<String> lines = result.stdout().lines().toList();
    assertThat(lines)
        .as("the program has the process id of its launcher; %s", result.stderr())
        .containsExactly(lines.getFirst(), lines.getFirst() + " run|a b", "Java 25", "value");
    assertThat(result.exitCode()).isEqualTo(2);
  }

  /** Split into words, and no more: what looks like a pattern may match a file of the folder. */
  @Test
  void optionsOfTheJvmAreNoPatterns() throws IOException {
    Path here = Files.createDirectory(folder.resolve("here"));
    for (String match : List.of("-Down=expanded", "-Xlog:aot_=off,cds_=off")) {
      Files.createFile(here.resolve(match));
    }
    var result =
        run(
            List.of("-C", here.toString(), "HARBOR_GATEWAY_JAVA_OPTS=-Down=*"),
            installed.resolve("bin/harbor-gateway").toString());
    assertThat(result.stdout().lines().toList()).as(result.stderr()).hasSize(3).endsWith("*");
  }

  /** What can be wrong with the options, and with what the system grants. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true            | -Xms1g -Xmx200m    | Initial heap size set to a larger value
          true            | -XX:+UseG1GC       | Multiple garbage collectors selected
          true            | -Xmx999999g        | Could not reserve enough space
          true            | -XX:NoSuchOption   | Unrecognized VM option 'NoSuchOption'
          true            | -Xss100            | thread stack size specified is too small
          true            | -agentlib:none     | Could not find agent library none
          ulimit -v 300000|                    | Could not reserve enough space
          """)
  void saysWhatKeepsTheJvmFromStarting(String before, String options, String reason) {
    var result =
        run(
            List.of("HARBOR_GATEWAY_JAVA_OPTS=" + Objects.requireNonNullElse(options, "")),
            "sh",
            "-c",
            before + " && exec \"$@\"",
            "sh",
            installed.resolve("bin/harbor-gateway").toString(),
            "run");
    assertThat(result.stderr()).contains(reason);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void runsWithoutStandardError() {
    var result =
        run(
            List.of(),
            "sh",
            "-c",
            "exec \"$@\" 2>&-",
            "sh",
            installed.resolve("bin/harbor-gateway").toString(),
            "run");
    assertThat(result.stdout().lines()).hasSize(3);
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void itsOwnRuntimeComesBeforeAnyOther() throws IOException {
    Path runtime = installed.resolve("runtime");
    Path java = runtime.resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\necho its own\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(runtime.resolve("release"), "JAVA_VERSION=\"25.0.9\"\n");
    String launcher = installed.resolve("bin/harbor-gateway").toString();
    List<String> other = List.of("JAVA_HOME=" + System.getProperty("java.home"));

    assertThat(run(other, launcher).stdout()).isEqualTo("its own\n");

    Files.delete(java);
    assertThat(run(other, launcher).stdout()).as("without one").contains("Java 25");
  }

  @Test
  void saysWhatToInstallWhenThereIsNoJdk() throws IOException {
    // Programs that the script needs, but no java.
    Path tools = Files.createDirectory(folder.resolve("tools"));
    for (String tool : List.of("readlink", "dirname", "grep", "cat")) {
      Path shim = tools.resolve(tool);
      Files.writeString(shim, "#!/bin/sh\nexec /usr/bin/" + tool + " \"$@\"\n");
      Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwx------"));
    }
    var result =
        run(
            List.of("-u", "JAVA_HOME", "PATH=" + tools, "HARBOR_GATEWAY_JVMS=" + tools),
            installed.resolve("bin/harbor-gateway").toString());
    assertThat(result.exitCode()).isEqualTo(69);
    assertThat(result.stderr()).contains("no JDK 25 found", "apt-get install");
    assertThat(result.stdout()).isEmpty();
  }

  @Test
  void saysWhenTheProgramIsMissing() throws IOException {
    Files.delete(installed.resolve("lib").resolve("harbor-gateway.jar"));
    var result = run(List.of(), installed.resolve("bin/harbor-gateway").toString());
    assertThat(result.exitCode()).isEqualTo(66);
    assertThat(result.stderr()).contains("lib/harbor-gateway.jar: no such file");
  }

  /** The JVM gets the cache only if it was made for just these jars, and never speaks of it. */
  @Test
  void startsWithoutAWordWhateverTheAotCacheIs() throws IOException {
    Path cache = Files.writeString(installed.resolve("lib/harbor-gateway.aot"), "not a cache");
    String launcher = installed.resolve("bin/harbor-gateway").toString();
    var withoutKey = run(List.of(), launcher);
    Path key = installed.resolve("lib/harbor-gateway.aot.key");
    Files.writeString(key, "another Java\n");
    var stale = run(List.of(), launcher);
    String currentKey =
        "root=$1; . \"$1/bin/lib/jdk.sh\"; . \"$1/bin/lib/aot.sh\"; find_java java;"
            + " libraries=$1/lib; jar=$1/lib/harbor-gateway.jar; jvm_options=$2; aot_key";
    String options = ShippedOptions.text();
    var made = run(List.of(), "sh", "-c", currentKey, "sh", installed.toString(), options);
    Files.writeString(key, made.stdout());
    var broken = run(List.of(), launcher);
    for (var result : List.of(withoutKey, stale, broken)) {
      assertThat(result.stdout().lines()).as(result.stderr()).hasSize(3);
      assertThat(result.stderr()).isEmpty();
      assertThat(result.exitCode()).isZero();
    }
    // To show that the broken one was really offered: told to demand it, the JVM refuses to start.
    var required = run(List.of("HARBOR_GATEWAY_JAVA_OPTS=-XX:AOTMode=on"), launcher);
    assertThat(required.exitCode()).as("with %s", cache).isNotZero();
  }

  /** The image's health command is one of them, within the limit of the gateway's container. */
  @ParameterizedTest
  @CsvSource({
    "wait, 2097152",
    "drain, 2097152",
    "reload, 2097152",
    "upgrade, 2097152",
    "check, 8388608"
  })
  void whatAsksTheRunningGatewayIsSmall(String command, String newSize) {
    String flags =
        run(
                List.of("HARBOR_GATEWAY_JAVA_OPTS=-XX:+PrintFlagsFinal"),
                installed.resolve("bin/harbor-gateway").toString(),
                command)
            .stdout();
    assertThat(flags).containsPattern(" MaxNewSize +=  *" + newSize + " ");
  }
}
