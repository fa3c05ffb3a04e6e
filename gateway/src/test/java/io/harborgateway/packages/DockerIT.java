package io.harborgateway.packages;

import static io.harborgateway.packages.InstallDocument.commands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.harborgateway.Project;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image run by Debian's Docker engine, started here with folders of its own in a network of its
 * own, by the commands of docs/docker.md. Needs root.
 */
@Timeout(600)
class DockerIT {
  private static final String DOCKER = "On one host with Harbor";

  /** Its bridges and rules are gone with the network namespace. */
  private static final String ENGINE =
      """
      ip link set lo up
      exec /usr/sbin/dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" \
        --host "unix://$1/socket"
      """;

  /** Stands for Harbor's: an image of this machine's nginx, with the libraries that it needs. */
  private static final String PROXY =
      """
      mkdir -p proxy/etc/nginx proxy/var/log/nginx proxy/var/lib/nginx proxy/run proxy/tmp
      for file in /usr/sbin/nginx $(ldd /usr/sbin/nginx | sed -n 's/.*[ \\t]\\(\\/[^ ]*\\) (0x.*/\\1/p'); do
        mkdir -p "proxy$(dirname "$file")" && cp -L "$file" "proxy$file"
      done
      echo root:x:0:0::/: >proxy/etc/passwd
      echo root:x:0: >proxy/etc/group
      cat >proxy/etc/nginx/nginx.conf <<'END'
      daemon off;
      user root root;
      error_log stderr;
      events {}
      http {
        access_log off;
        server { listen 8080; location / { return 200 "nginx for $host\\n"; } }
      }
      END
      tar -C proxy -c . | docker import - proxy >/dev/null
      docker run -d --name proxy --network harbor --ip 172.31.250.10 proxy /usr/sbin/nginx -c /etc/nginx/nginx.conf
      """;

  @TempDir Path folder;

  @Test
  void servesAsItsDocumentSays() throws Exception {
    assumeThat(LongForm.or(false, true)).isTrue();
    Path examples = Project.root().resolve("packaging/docker");
    Files.copy(examples.resolve("gateway.yml"), folder.resolve("gateway.yml"));
    Files.copy(Packages.image(), folder.resolve(Packages.image().getFileName()));
    Process engine =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "sh",
                "-ec",
                ENGINE,
                "sh",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("engine.log").toFile())
            .start();
    try {
      Await.until(
          "the engine answers",
          Duration.ofSeconds(30),
          () -> attempt(engine, "docker info").exitCode() == 0);
      run(engine, commands("docker.md", "The image", 0));
      run(engine, commands("docker.md", DOCKER, 0));
      String network = commands("docker.md", DOCKER, 1);
      int end = network.indexOf('\n') + 1;
      run(engine, network.substring(0, end));
      run(engine, PROXY);
      run(engine, network.substring(end));
      assertThat(run(engine, commands("docker.md", DOCKER, 2)))
          .contains("nginx for 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.registry.example.com");
      Await.until(
          "its health is seen",
          Duration.ofSeconds(60),
          () ->
              run(engine, "docker inspect --format '{{.State.Health.Status}}' gateway")
                  .equals("healthy\n"));
      run(engine, "docker stop gateway");
      assertThat(run(engine, "docker inspect --format '{{.State.ExitCode}}' gateway"))
          .isEqualTo("0\n");
    } catch (AssertionError e) {
      throw new AssertionError(attempt(engine, "docker logs gateway").toString(), e);
    } finally {
      attempt(engine, "docker kill gateway proxy");
      engine
          .descendants()
          .filter(process -> process.info().command().orElse("").endsWith("dockerd"))
          .forEach(ProcessHandle::destroy);
      engine.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  private String run(Process engine, String script) {
    return attempt(engine, script).succeeded().stdout();
  }

  private Command.Result attempt(Process engine, String script) {
    long first = engine.children().mapToLong(ProcessHandle::pid).findFirst().orElse(0);
    return Command.run(
        List.of(
            "nsenter",
            "--net",
            "--mount",
            "--target",
            "" + first,
            "env",
            "DOCKER_HOST=unix://" + folder + "/socket",
            "sh",
            "-ec",
            "cd " + folder + "\n" + script),
        new byte[0],
        Duration.ofMinutes(3));
  }
}
