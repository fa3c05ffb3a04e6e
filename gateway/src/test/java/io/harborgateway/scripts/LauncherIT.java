package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Command;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * bin/harbor-gateway as installed, with a program in the gateway's place that tells how it was run.
 */
@Timeout(60)
class LauncherIT {
  private static final Path SCRIPTS = Path.of("../bin");
  private static final String PROGRAM =
      """
      package io.harborgateway.app;

      public class Main {
        public static void main(String[] args) {
          System.out.println(ProcessHandle.current().pid() + " " + String.join("|", args));
          System.out.println("Java " + Runtime.version().feature());
          System.out.println(System.getProperty("own"));
          System.exit(args.length);
        }
      }
      """;

  @TempDir Path folder;

  private Path installed;

  @BeforeEach
  void install() throws IOException {
    installed = folder.resolve("with a space");
    Files.createDirectories(installed.resolve("bin/lib"));
    Files.createDirectories(installed.resolve("lib"));
    for (String script : List.of("harbor-gateway", "lib/jdk.sh")) {
      Files.copy(SCRIPTS.resolve(script), installed.resolve("bin").resolve(script));
    }
    Path source = Files.writeString(folder.resolve("Main.java"), PROGRAM);
    int exitCode =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "the tests need a JDK")
            .run(null, null, null, "-d", folder.toString(), source.toString());
    assertThat(exitCode).isZero();
    String name = "io/harborgateway/app/Main.class";
    try (var jar =
        new JarOutputStream(
            Files.newOutputStream(installed.resolve("lib").resolve("harbor-gateway.jar")))) {
      jar.putNextEntry(new JarEntry(name));
      jar.write(Files.readAllBytes(folder.resolve(name)));
    }
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
}
