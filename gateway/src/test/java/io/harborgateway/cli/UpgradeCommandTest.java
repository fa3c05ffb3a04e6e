package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.harborgateway.testkit.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exit codes of {@code upgrade}, by which the Debian package decides what it does. */
class UpgradeCommandTest {
  @TempDir private Path folder;

  /** 405 is what versions before the hand-over answer to it. */
  @ParameterizedTest
  @CsvSource({"404, 76", "405, 76", "409, 69", "500, 71", "422, 69", "200, 0"})
  void theExitCodeSaysWhetherTheRunningOneKnowsTheHandOver(int status, int exitCode)
      throws IOException {
    byte[] body =
        "{\"upgraded\": %b, \"pid\": 7, \"problems\": []}"
            .formatted(status == 200)
            .getBytes(StandardCharsets.US_ASCII);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/upgrade",
        exchange -> {
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      assertThat(upgrade(server.getAddress().getPort(), new StringWriter())).isEqualTo(exitCode);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whereNobodyListensItSaysThatTheFileMayBeNewerThanTheProcess() throws IOException {
    var err = new StringWriter();
    assertThat(upgrade(FreePorts.loopback(1).getFirst(), err)).isEqualTo(ExitCode.SYSTEM);
    assertThat(err.toString()).contains("no answer", "if `admin` was changed");
  }

  /** The file needs nothing but the section of the admin endpoint. */
  private int upgrade(int port, StringWriter err) throws IOException {
    Path config = folder.resolve("gateway.yml");
    Files.writeString(config, "admin: {port: %d}\n".formatted(port));
    return Main.commandLine()
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(err, true))
        .execute("upgrade", "--config", config.toString());
  }
}
