package io.harborgateway.packages;

import static io.harborgateway.packages.InstallDocument.commands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The archive and the Debian package in fresh installations of Debian, by the commands of
 * docs/install.md, the package under a systemd of its own.
 */
@Timeout(1200)
class DebianRootsIT {
  private static final String CONFIGURATION = "A first configuration";

  /** Stands for Harbor's nginx; in the background, until the root ends. */
  private static final String UPSTREAM =
      """
      mkdir -p /srv/v2 && echo upstream >/srv/v2/index.html
      setsid "$(dirname "$(readlink -f "$(command -v harbor-gateway)")")"/../runtime/bin/jwebserver \
        -b 127.0.0.1 -p 20080 -d /srv >/dev/null 2>&1 &
      """;

  @TempDir Path folder;

  @BeforeEach
  void onlyInALongRun() {
    assumeThat(LongForm.or(false, true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bookworm", "trixie"})
  void theArchiveServes(String suite) throws Exception {
    try (var root = DebianRoot.of(suite, folder.resolve(suite))) {
      root.copy(Packages.tar());
      assertThat(root.attempt("command -v java").exitCode()).as("no Java").isNotZero();
      root.run(commands("install.md", "The archive", 0));
      root.run(commands("install.md", CONFIGURATION, 0));
      root.boot();
      root.run(UPSTREAM);
      root.run("setsid harbor-gateway run --config /etc/harbor-gateway/gateway.yml >log 2>&1 &");
      root.run("harbor-gateway wait --ready --config /etc/harbor-gateway/gateway.yml");
      assertThat(root.run(commands("install.md", CONFIGURATION, 1))).isEqualTo("upstream\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bookworm", "trixie"})
  void thePackageLivesAndDies(String suite) throws Exception {
    Path other = changed(Packages.deb(), "0.0.9");
    try (var root = DebianRoot.of(suite, folder.resolve(suite))) {
      root.copy(Packages.deb());
      String before = root.run(everything());

      root.run(commands("install.md", "The Debian package", 0));
      theFoldersHaveTheirOwners(root);
      assertThat(root.run("harbor-gateway check --config /etc/harbor-gateway/gateway.yml"))
          .contains("gateway.yml: ok");
      assertThat(root.run("dpkg --verify harbor-gateway; ls /usr/lib/harbor-gateway/lib"))
          .doesNotContain("??")
          .contains("harbor-gateway.aot.key");
      root.run("logrotate --debug /etc/logrotate.d/harbor-gateway");

      root.copy(other);
      root.boot();
      assertThat(root.attempt("systemctl is-enabled harbor-gateway").stdout()).contains("disabled");
      root.run(UPSTREAM);
      root.run(commands("install.md", CONFIGURATION, 0));
      root.run(commands("install.md", "The Debian package", 1));
      theServiceServes(root);
      theSandboxIsInForce(root);

      anUpgradeIsAHandOver(root, other);
      theServiceServes(root);
      anUpgradeWithABrokenConfigurationStopsNothing(root, Packages.deb());
      theServiceServes(root);
      anUpgradeReachesTheGatewayWhateverItsFile(root, other);
      theServiceServes(root);

      root.run("apt-get -qq remove harbor-gateway");
      assertThat(
              root.run(
                  "pgrep -u harbor-gateway || echo none; ls -d /usr/lib/harbor-gateway || true"))
          .isEqualTo("none\n");
      assertThat(root.run("cat /etc/harbor-gateway/gateway.yml")).contains("0f1e2d3c");

      root.run("apt-get -qq purge harbor-gateway");
      assertThat(root.run(everything())).isEqualTo(before);
    }
  }

  private static void theFoldersHaveTheirOwners(DebianRoot root) {
    assertThat(
            root.run(
                "cd /; stat -c '%a %U %G %n' etc/harbor-gateway etc/harbor-gateway/gateway.yml"
                    + " var/lib/harbor-gateway var/log/harbor-gateway"))
        .isEqualTo(
            """
            750 root harbor-gateway etc/harbor-gateway
            640 root harbor-gateway etc/harbor-gateway/gateway.yml
            750 harbor-gateway harbor-gateway var/lib/harbor-gateway
            750 harbor-gateway adm var/log/harbor-gateway
            """);
  }

  private static void theServiceServes(DebianRoot root) throws IOException {
    root.run("harbor-gateway wait --ready --config /etc/harbor-gateway/gateway.yml");
    assertThat(root.run(commands("install.md", CONFIGURATION, 1))).isEqualTo("upstream\n");
    root.run("systemctl reload harbor-gateway");
    assertThat(root.run("systemctl is-active harbor-gateway")).isEqualTo("active\n");
  }

  /** Installs the package in the place of one with another version, which it has to be. */
  private static String upgrade(DebianRoot root, Path deb) {
    String before = root.run("dpkg-query -W harbor-gateway");
    var done = root.attempt("apt-get -qq install --allow-downgrades ./" + deb.getFileName());
    assertThat(root.run("dpkg-query -W harbor-gateway")).isNotEqualTo(before);
    return done.succeeded().stdout() + done.stderr();
  }

  private static String process(DebianRoot root) {
    return root.run("systemctl show -P MainPID harbor-gateway");
  }

  /** Another process, and the service has been active all the time. */
  private static void anUpgradeIsAHandOver(DebianRoot root, Path deb) {
    String active = "systemctl show -P ActiveEnterTimestampMonotonic harbor-gateway";
    String before = process(root);
    String since = root.run(active);
    assertThat(upgrade(root, deb)).contains("has taken over");
    assertThat(process(root)).isNotEqualTo(before);
    assertThat(root.run(active)).isEqualTo(since);
  }

  private static void anUpgradeWithABrokenConfigurationStopsNothing(DebianRoot root, Path deb)
      throws IOException {
    String before = process(root);
    root.run("sed -i 's/port: 443/prot: 443/' /etc/harbor-gateway/gateway.yml");
    assertThat(upgrade(root, deb)).contains("goes on", "prot: unknown key");
    assertThat(process(root)).isEqualTo(before);
    assertThat(root.run(commands("install.md", CONFIGURATION, 1))).isEqualTo("upstream\n");
    root.run("sed -i 's/prot: 443/port: 443/' /etc/harbor-gateway/gateway.yml");
  }

  /** A drop-in of the unit names another one, with another admin endpoint. */
  private static void anUpgradeReachesTheGatewayWhateverItsFile(DebianRoot root, Path deb) {
    root.run(
        """
        cd /etc/harbor-gateway
        (cat gateway.yml; echo 'admin: {port: 9777}') >other.yml
        mkdir /etc/systemd/system/harbor-gateway.service.d
        cat >/etc/systemd/system/harbor-gateway.service.d/file.conf <<'END'
        [Service]
        ExecStart=
        ExecStart=/usr/bin/harbor-gateway run --config /etc/harbor-gateway/other.yml
        END
        systemctl daemon-reload
        systemctl restart harbor-gateway
        """);
    anUpgradeIsAHandOver(root, deb);
    root.run(
        """
        rm -r /etc/systemd/system/harbor-gateway.service.d /etc/harbor-gateway/other.yml
        systemctl daemon-reload
        systemctl restart harbor-gateway
        """);
  }

  /**
   * One capability, a filter of system calls; and the JVM compiles, without memory that is both.
   */
  private static void theSandboxIsInForce(DebianRoot root) {
    String status = root.run("cat /proc/$(systemctl show -P MainPID harbor-gateway)/status");
    assertThat(status)
        .containsPattern("CapEff:\\s+0000000000000400")
        .containsPattern("CapBnd:\\s+0000000000000400")
        .containsPattern("NoNewPrivs:\\s+1")
        .containsPattern("Seccomp:\\s+2");
    assertThat(root.run("journalctl -u harbor-gateway"))
        .doesNotContain("Operation not permitted")
        .contains("gateway started");
  }

  /** All files but those that apt, dpkg and a running system write; and all users. */
  private static String everything() {
    return """
    find / -xdev '(' -path /root -o -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /srv \
      -o -path /var/cache -o -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg \
      -o -path /var/lib/systemd -o -path /var/tmp -o -path /dev ')' -prune -o -print |
      grep -vE '^/etc/(passwd|group|shadow|gshadow|subuid|subgid|machine-id|.pwd.lock|.updated)-?$|^/var/.updated$' | sort
    find /var/log /var/lib/systemd /var/lib/dpkg /tmp -name '*harbor-gateway*'
    cut -d: -f1 /etc/passwd /etc/group | grep harbor || true
    """;
  }

  /** The same package under another version, with another configuration. */
  private Path changed(Path deb, String version) throws IOException {
    Path tree = folder.resolve("changed");
    Path changed = folder.resolve("harbor-gateway_" + version + ".deb");
    run("dpkg-deb", "--raw-extract", deb.toString(), tree.toString());
    Path control = tree.resolve("DEBIAN/control");
    String text = Files.readString(control).replaceFirst("\nVersion: .*", "\nVersion: " + version);
    Files.writeString(control, text);
    run(
        "dpkg-deb",
        "--root-owner-group",
        "-Zgzip",
        "-z1",
        "-b",
        tree.toString(),
        changed.toString());
    return changed;
  }

  private static void run(String... command) {
    Command.run(List.of(command), new byte[0], Duration.ofMinutes(2)).succeeded();
  }
}
