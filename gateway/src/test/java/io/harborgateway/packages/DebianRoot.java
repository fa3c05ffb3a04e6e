package io.harborgateway.packages;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fresh Debian in a folder, by debootstrap from where this machine's apt has its packages.
 * Commands run in it by chroot, with a process namespace of their own; or in one that was booted by
 * systemd, which also has a network of its own. Needs root.
 */
final class DebianRoot implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> ENVIRONMENT =
      List.of(
          "/usr/bin/env",
          "-i",
          "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LC_ALL=C.UTF-8",
          "DEBIAN_FRONTEND=noninteractive");

  /** $1: the root. A hierarchy of control groups of its own, or systemd would not start. */
  private static final String BOOT =
      """
      root=$1
      ip link set lo up
      mount --bind "$root" "$root"
      mount -t proc proc "$root/proc"
      mount -t sysfs -o ro sysfs "$root/sys"
      mount -t tmpfs tmpfs "$root/run"
      mount -t devpts devpts "$root/dev/pts"
      exec unshare --cgroup sh -c '
        mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
        exec chroot "$1" /usr/bin/env -i container=lxc /lib/systemd/systemd
      ' sh "$root"
      """;

  private final Path folder;
  private @Nullable Process booted;
  private @Nullable Path group;

  private DebianRoot(Path folder) {
    this.folder = folder;
  }

  static DebianRoot of(String suite, Path folder) throws IOException {
    String mirror =
        shell(
                "apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(TARGET_OF)' |"
                    + " awk '$2 !~ /-/ && $3 == \"deb\" { print $1; exit }'")
            .strip();
    Command.run(
            List.of("debootstrap", "--variant=minbase", suite, folder.toString(), mirror),
            new byte[0],
            LIMIT)
        .succeeded();
    Files.writeString(
        folder.resolve("etc/apt/apt.conf.d/00machine"),
        shell("apt-config dump | grep ^Acquire::http || true"));
    var root = new DebianRoot(folder);
    root.run("apt-get -qq update");
    root.run("apt-get -qq install --no-install-recommends systemd logrotate curl adduser");
    return root;
  }

  void copy(Path file) throws IOException {
    Path copy = folder.resolve("root").resolve(file.getFileName());
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Runs commands in the folder /root, and demands that they succeed. */
  String run(String script) {
    return attempt(script).succeeded().stdout();
  }

  Command.Result attempt(String script) {
    var command = new ArrayList<String>();
    Process systemd = booted;
    if (systemd == null) {
      command.addAll(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
      command.addAll(List.of("--mount-proc=" + folder + "/proc", "chroot", folder.toString()));
    } else {
      command.addAll(List.of("nsenter", "--all", "--root", "--wd", "--target", "" + init(systemd)));
    }
    command.addAll(ENVIRONMENT);
    command.addAll(List.of("sh", "-ec", "cd /root\n" + script));
    return Command.run(command, new byte[0], LIMIT);
  }

  /** Boots it: systemd is its first process. There is no way out of its network. */
  void boot() throws IOException, InterruptedException {
    String cgroup2 = shell("findmnt -n -o TARGET -t cgroup2 | head -n 1").strip();
    Path own = Files.createDirectory(Path.of(cgroup2, "debian-" + ProcessHandle.current().pid()));
    group = own;
    String join = "echo $$ >" + own + "/cgroup.procs; exec \"$@\"";
    Process systemd =
        new ProcessBuilder(
                List.of(
                    "sh",
                    "-c",
                    join,
                    "sh",
                    "unshare",
                    "--mount",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--ipc",
                    "--uts",
                    "--net",
                    "sh",
                    "-ec",
                    BOOT,
                    "sh",
                    folder.toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolveSibling(folder.getFileName() + ".log").toFile())
            .start();
    booted = systemd;
    Await.until(
        "systemd is up",
        Duration.ofSeconds(60),
        () -> attempt("systemctl is-system-running").stdout().matches("(?s)(running|degraded).*"));
  }

  private static long init(Process unshare) {
    return unshare.children().mapToLong(ProcessHandle::pid).findFirst().orElse(0);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (booted != null) {
      booted.destroyForcibly().waitFor();
    }
    if (group != null) {
      Path left = group;
      Await.until(
          "the control groups are gone",
          () -> {
            shell("find " + left + " -depth -type d -exec rmdir {} + 2>/dev/null || true");
            return !Files.exists(left);
          });
    }
  }

  private static String shell(String script) {
    return Command.run(List.of("sh", "-c", script)).succeeded().stdout();
  }
}
