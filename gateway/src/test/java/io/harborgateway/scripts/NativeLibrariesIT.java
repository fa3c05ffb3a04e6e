package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where an installed gateway has its native libraries from. */
@Timeout(60)
class NativeLibrariesIT {
  private static final String EPOLL = "libnetty_transport_native_epoll";

  @TempDir Path folder;

  @Test
  void areLoadedWhereTheyLie() throws IOException, InterruptedException {
    Path folder = this.folder.toRealPath();
    assertThat(mapped(Installation.in(folder)))
        .contains(folder.resolve("lib/native") + "/" + EPOLL);
  }

  /** The name of a library that Netty unpacks ends in digits. */
  @Test
  void areUnpackedWhereTheFolderIsMissing() throws IOException, InterruptedException {
    var installation = Installation.in(folder);
    Files.move(folder.resolve("lib/native"), folder.resolve("elsewhere"));
    assertThat(mapped(installation)).containsPattern(EPOLL + "_[a-z0-9_]*[0-9]{10}");
  }

  /** Which files the process of a started gateway has mapped. */
  private String mapped(Installation installation) throws IOException, InterruptedException {
    List<Integer> ports = FreePorts.loopback(3);
    Path config =
        Files.writeString(
            folder.resolve("gateway.yml"),
            """
            listeners:
              - {name: tcp, address: 127.0.0.1, port: %d, protocol: tcp, upstream: {address: "127.0.0.1:%d"}}
            admin: {port: %d}
            """
                .formatted(ports.get(0), ports.get(1), ports.get(2)));
    Path output = folder.resolve("output.log");
    Process gateway =
        new ProcessBuilder(installation.launcher(), "run", "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      Await.until(
          "gateway started",
          Duration.ofSeconds(40),
          () -> Files.readString(output).contains("gateway started"));
      return Files.readString(Path.of("/proc/" + gateway.pid() + "/maps"));
    } finally {
      gateway.destroyForcibly();
      gateway.waitFor(10, TimeUnit.SECONDS);
    }
  }
}
