package io.harborgateway.testkit;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The real {@code openssl s_client}: a TLS stack that is neither the JDK's nor BoringSSL's. */
public final class OpensslClient {
  private OpensslClient() {}

  /**
   * Connects, sends the input and prints what comes back until the server closes; without input it
   * ends the connection after the handshake.
   *
   * @param input ISO-8859-1
   * @param options of s_client, for example {@code -servername NAME}, {@code -CAfile FILE}, {@code
   *     -verify_return_error}, {@code -tls1_2}
   * @return the handshake's report and what was received are both in stdout
   */
  public static Command.Result run(InetSocketAddress server, String input, String... options) {
    var command = new ArrayList<String>();
    command.add(PeerBinary.require("openssl", "openssl").toString());
    command.addAll(List.of("s_client", "-connect"));
    command.add(server.getAddress().getHostAddress() + ":" + server.getPort());
    if (!input.isEmpty()) {
      // Without it the end of the input would end the connection before the answer has come.
      command.add("-ign_eof");
    }
    command.addAll(List.of(options));
    return Command.run(
        command, input.getBytes(StandardCharsets.ISO_8859_1), Duration.ofSeconds(20));
  }
}
