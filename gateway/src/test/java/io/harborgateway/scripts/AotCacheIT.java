package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** `bin/harbor-gateway prepare` on the real program: the cache is used, until a jar changes. */
@Timeout(300)
class AotCacheIT {
  private static final String USED = "Using AOT-linked classes: true";

  @TempDir Path folder;

  @Test
  void theCacheIsUsedUntilAJarChanges() throws IOException {
    String launcher = Installation.in(folder).launcher();
    var prepared = Command.run(List.of(launcher, "prepare"));
    assertThat(prepared.exitCode()).as(prepared.stderr()).isZero();
    assertThat(version(launcher)).contains(USED);

    Path jar = folder.resolve("lib/harbor-gateway.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(version(launcher)).contains("harbor-gateway ").doesNotContain(USED);
  }

  private static String version(String launcher) {
    var result =
        Command.run(
            List.of("env", "HARBOR_GATEWAY_JAVA_OPTS=-Xlog:aot=info", launcher, "--version"));
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result.stdout();
  }
}
