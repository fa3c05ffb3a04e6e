package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The build on machines that are set up in another way. */
@Timeout(300)
class BuildIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path folder;

  /** Maven runs on the JDK 25 of JAVA_HOME then, and must run nothing by the name `java`. */
  @Test
  void takesNoJavaOfThePathBesideTheOneOfJavaHome() throws Exception {
    Path java = Files.writeString(folder.resolve("java"), "#!/bin/sh\necho java of PATH; exit 3\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    String path = folder + ":" + System.getenv("PATH");
    var result =
        Command.run(
            List.of(
                "env",
                "-C",
                ROOT.toString(),
                "PATH=" + path,
                "JAVA_HOME=" + System.getProperty("java.home"),
                "mvn",
                "-B",
                "-o",
                "-q",
                "-N",
                "process-sources"),
            new byte[0],
            Duration.ofMinutes(4));
    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
  }
}
