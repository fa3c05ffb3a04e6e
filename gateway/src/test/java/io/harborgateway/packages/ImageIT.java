package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The image as skopeo sees it, and as a root; {@link DockerIT} runs it by Docker. */
@Timeout(300)
class ImageIT {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  @Test
  void skopeoTakesItAndSaysHowItRuns() throws IOException {
    JsonNode config = JSON.readTree(inspect("--config", "--raw")).path("config");
    assertThat(config.path("User").asString()).isEqualTo("65532:65532");
    assertThat(config.path("Entrypoint").path(0).asString()).isEqualTo("/usr/bin/harbor-gateway");
    assertThat(config.path("Healthcheck").path("Test").path(2).asString()).isEqualTo("wait");
    assertThat(JSON.readTree(inspect()).path("Layers")).hasSize(LongForm.or(3, 4));

    Path copy = folder.resolve("image.tar");
    run("skopeo", "copy", "--quiet", "oci-archive:" + Packages.image(), "docker-archive:" + copy);
    assertThat(copy).isNotEmptyFile();
  }

  /** The launcher, its Java and all libraries are there, and little else. */
  @Test
  void runsInARootOfItsOwn() throws IOException {
    Path root = unpacked();
    assertThat(
            run(
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--mount-proc=" + Files.createDirectory(root.resolve("proc")),
                "chroot",
                "--userspec=65532:65532",
                root.toString(),
                "/usr/bin/harbor-gateway",
                "--version"))
        .contains("Java 25");
    assertThat(run("ls", root.resolve("usr/bin").toString()).lines())
        .containsExactlyInAnyOrder("cat", "harbor-gateway", "readlink", "sh", "stat", "timeout");
    assertThat(
            run(
                "find",
                root.toString(),
                "-perm",
                "/6000",
                "-o",
                "-name",
                "apt*",
                "-o",
                "-name",
                "dpkg.cfg"))
        .as("nothing that becomes root, no package manager")
        .isEmpty();
    assertThat(root.resolve("var/lib/dpkg/status.d/libc6")).content().contains("Version: ");
    assertThat(root.resolve("usr/share/doc/harbor-gateway/sbom.cdx.json"))
        .content()
        .contains("pkg:deb/debian/libc6@", "pkg:maven/io.netty/netty-handler@");
    assertThat(root.resolve("usr/share/doc/libc6/copyright")).isNotEmptyFile();
  }

  private Path unpacked() throws IOException {
    Path layout = Files.createDirectory(folder.resolve("layout"));
    Path root = Files.createDirectory(folder.resolve("root"));
    run("tar", "-xf", Packages.image().toString(), "-C", layout.toString());
    for (JsonNode layer : JSON.readTree(inspect()).path("Layers")) {
      Path blob = layout.resolve("blobs").resolve(layer.asString().replace(':', '/'));
      run("tar", "-xzf", blob.toString(), "-C", root.toString());
    }
    return root;
  }

  private static String inspect(String... options) {
    var command = new ArrayList<>(List.of("skopeo", "inspect"));
    command.addAll(List.of(options));
    command.add("oci-archive:" + Packages.image());
    return run(command.toArray(String[]::new));
  }

  private static String run(String... command) {
    return Command.run(List.of(command), new byte[0], Duration.ofMinutes(2)).succeeded().stdout();
  }
}
