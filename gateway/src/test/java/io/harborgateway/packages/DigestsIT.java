package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.harborgateway.Project;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two builds of one commit have the same digests, wherever, whenever and by whomever. */
@Timeout(600)
class DigestsIT {
  /** $1: this checkout; $2: the other one, which only its owner can read. */
  private static final String OTHER =
      """
      umask 077
      cd "$1"
      mkdir -p "$2/gateway/target"
      cp -a bin config certs docs packaging pom.xml README.md "$2"
      cp -a gateway/pom.xml gateway/src "$2/gateway"
      cp -a gateway/target/harbor-gateway.jar gateway/target/bom.json gateway/target/signed \
        gateway/target/native "$2/gateway/target"
      chmod -R go= "$2"
      TZ=Asia/Tokyo LANG=C "$2/bin/package" tar deb
      """;

  @TempDir private Path folder;

  @Test
  void theyDependOnNeitherPlaceNorUmaskNorTimeZone() throws IOException {
    assumeThat(LongForm.or(false, true)).isTrue();
    Path other = folder.resolve("other");
    Command.run(
            List.of("sh", "-ec", OTHER, "sh", Project.root().toString(), other.toString()),
            new byte[0],
            Duration.ofMinutes(5))
        .succeeded();
    Path packages = other.resolve("target/packages");
    for (Path made : List.of(Packages.tar(), Packages.deb())) {
      assertThat(Packages.sha256(packages.resolve(made.getFileName())))
          .as("%s", made.getFileName())
          .isEqualTo(Packages.sha256(made));
    }
  }
}
