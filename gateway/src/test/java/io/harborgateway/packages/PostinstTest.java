package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.Project;
import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What postinst does with a running gateway, by programs that stand for systemd's and the gateway's
 * and note how they were called. {@link DebianRootsIT} has the real ones.
 */
class PostinstTest {
  private static final String RUNNING =
      """
      case $* in
        "show -P MainPID harbor-gateway.service") cat "$folder/pid" ;;
        *) ;;
      esac
      """;

  @TempDir private Path folder;
  private Process service;
  private Path postinst;

  @BeforeEach
  void fakes() throws IOException {
    for (String present : List.of("getent", "dpkg-statoverride", "deb-systemd-invoke")) {
      fake(present, "");
    }
    fake("runuser", "shift 3; exec \"$@\"");
    fake("stat", "echo root");
    fake("systemctl", RUNNING);
    gateway(0, 0);
    String text =
        Files.readString(Project.root().resolve("packaging/debian/postinst"))
            .replaceAll("/usr/(lib/harbor-gateway/)?bin/harbor-gateway", folder + "/harbor-gateway")
            .replace("/run/systemd/system", folder.toString());
    postinst = Files.writeString(folder.resolve("postinst"), text);
    runs("--config", "/srv/other.yml");
  }

  @AfterEach
  void end() {
    service.destroyForcibly();
  }

  /** The main process of the unit, with this command line. */
  private void runs(String... arguments) throws IOException {
    if (service != null) {
      service.destroyForcibly();
    }
    var command = new ArrayList<>(List.of("sh", "-c", "read line", "java", "run"));
    command.addAll(List.of(arguments));
    service = new ProcessBuilder(command).directory(folder.toFile()).start();
    Files.writeString(folder.resolve("pid"), service.pid() + "\n");
  }

  private void gateway(int upgrade, int check) throws IOException {
    fake(
        "harbor-gateway",
        "case $1 in upgrade) echo said of upgrade >&2; exit %d ;; check) echo bad key >&2; exit %d ;; esac"
            .formatted(upgrade, check));
  }

  private void fake(String name, String script) throws IOException {
    Path program =
        Files.writeString(
            folder.resolve(name),
            "#!/bin/sh\nfolder=%s\necho %s \"$*\" >>$folder/calls\n%s\n"
                .formatted(folder, name, script));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Command.Result configure() {
    return Command.run(
            List.of(
                "env",
                "PATH=" + folder + ":" + System.getenv("PATH"),
                "sh",
                postinst.toString(),
                "configure",
                "0.0.9"))
        .succeeded();
  }

  private String calls() throws IOException {
    return Files.readString(folder.resolve("calls"));
  }

  @Test
  void theRunningOneIsAskedAtTheFileThatItRunsWith() throws IOException {
    assertThat(configure().stderr()).isEmpty();
    assertThat(calls()).contains("harbor-gateway upgrade --config /srv/other.yml\n");

    runs("--take-over=/run/link", "--config=mine.yml");
    configure();
    assertThat(calls())
        .contains("harbor-gateway upgrade --config %s/mine.yml\n".formatted(folder))
        .doesNotContain("restart");
  }

  /** The configuration is wrong, nobody answers, the program does not start at all. */
  @ParameterizedTest
  @ValueSource(ints = {69, 71, 64, 1, 127})
  void itGoesOnWhereTheUpgradeFailsAndTheReasonIsSaid(int exitCode) throws IOException {
    gateway(exitCode, 0);
    assertThat(configure().stderr())
        .contains(
            "goes on",
            "  said of upgrade\n",
            "harbor-gateway upgrade --config /srv/other.yml",
            "systemctl restart harbor-gateway.service");
    assertThat(calls()).doesNotContain("restart");
  }

  @Test
  void itGoesOnWhereItsFileIsNotKnown() throws IOException {
    runs();
    assertThat(configure().stderr()).contains("goes on", "no --config in its command line");
    assertThat(calls()).doesNotContain("harbor-gateway upgrade", "restart");
  }

  @Test
  void aVersionWithoutTheHandOverIsRestartedUnlessTheConfigurationIsWrong() throws IOException {
    gateway(76, 64);
    assertThat(configure().stderr()).contains("goes on", "  bad key\n");
    assertThat(calls())
        .contains("harbor-gateway check --config /srv/other.yml\n")
        .doesNotContain("restart");

    gateway(76, 0);
    assertThat(configure().stderr()).contains("hands nothing over");
    assertThat(calls()).contains("deb-systemd-invoke try-restart harbor-gateway.service\n");
  }

  /** A link's own mode is another one, too. */
  @Test
  void foldersWhoseOwnerOrModeWasChangedAreLeftAlone() throws IOException {
    fake("dpkg-statoverride", "exit 1");
    fake("chown", "");
    fake("chmod", "");
    fake(
        "stat",
        """
        case $3 in
          */instances.d) echo root:deploy:2770 ;;
          */certificates) echo root:root:777 ;;
          *) echo root:root:755 ;;
        esac
        """);
    configure();
    assertThat(calls())
        .contains("chown harbor-gateway:adm /var/log/harbor-gateway\n")
        .contains("chmod 0750 /etc/harbor-gateway\n")
        .doesNotContainPattern("ch(own|mod) .*(instances.d|certificates)")
        .doesNotContain("gateway.yml");
  }
}
