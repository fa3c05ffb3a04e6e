package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.Project;
import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package, as far as can be told without installing it: {@link DebianRootsIT} does. */
@Timeout(300)
class DebianPackageIT {
  @TempDir static Path folder;

  @BeforeAll
  static void unpack() {
    run("dpkg-deb", "--extract", Packages.deb().toString(), folder.toString());
  }

  @Test
  void belongsToRootAndIsWrittenByNobodyElse() {
    List<String> entries =
        run("dpkg-deb", "--contents", Packages.deb().toString()).lines().toList();
    assertThat(entries)
        .allMatch(entry -> entry.contains(" root/root "))
        .allMatch(entry -> entry.startsWith("l") || entry.matches("..w..?-..?-.*|.rwxr-xr-x.*"));
  }

  /** /lib is a link to it: dpkg of Debian 13 and its lintian want the real place. */
  @Test
  void hasNothingBehindTheLinksOfAMergedUsr() {
    assertThat(folder).isDirectoryNotContaining("glob:**/{bin,lib,sbin}");
    assertThat(folder.resolve("usr/lib/systemd/system/harbor-gateway.service")).isNotEmptyFile();
  }

  @Test
  void itsConfigurationPassesTheCheck() throws IOException {
    String launcher = folder.resolve("usr/lib/harbor-gateway/bin/harbor-gateway").toString();
    Path config = folder.resolve("etc/harbor-gateway/gateway.yml");
    String text = Files.readString(config);
    Files.writeString(config, text.replace(" /var/log/", " " + folder + "/var/log/"));
    assertThat(run(launcher, "check", "--config", config.toString())).contains("gateway.yml: ok");
  }

  /** What an administrator changes is kept. */
  @Test
  void allFilesOfEtcAreConffiles() {
    String conffiles = run("dpkg-deb", "--info", Packages.deb().toString(), "conffiles");
    assertThat(run("find", folder + "/etc", "-type", "f", "-printf", "/etc/%P\n").lines())
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(conffiles.lines().toList());
  }

  @Test
  void lintianFindsNoError() {
    String found = run("lintian", "--allow-root", "--fail-on=error", Packages.deb().toString());
    assertThat(found).doesNotContain("E: ");
  }

  @Test
  void exposureOfTheUnitIsBelowTwo() {
    String unit = Project.root().resolve("packaging/systemd/harbor-gateway.service").toString();
    run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit);
  }

  @Test
  void scriptsAreWellFormed() throws IOException {
    for (String script : List.of("postinst", "prerm", "postrm")) {
      String text = run("dpkg-deb", "--info", Packages.deb().toString(), script);
      run("sh", "-n", Files.writeString(folder.resolve(script), text).toString());
    }
  }

  private static String run(String... command) {
    var result = Command.run(List.of(command), new byte[0], Duration.ofMinutes(2)).succeeded();
    return result.stdout();
  }
}
