package io.harborgateway.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Stands in for nats-server where it may be missing: accepts every message and delivers none,
 * except that subscribers of {@code router.start} hear of one router. Uses a free loopback port.
 * Speaks just enough of the NATS protocol to satisfy a client.
 */
public final class NatsStandIn implements AutoCloseable {
  private static final String ROUTER =
      """
      {"id":"stand-in","hosts":["127.0.0.1"],"minimumRegisterIntervalInSeconds":20,\
      "pruneThresholdInSeconds":120}\
      """;

  private final ServerSocket server;

  private NatsStandIn(ServerSocket server) {
    this.server = server;
  }

  /** Starts the stand-in. */
  public static NatsStandIn start() throws IOException {
    var standIn = new NatsStandIn(new ServerSocket(0, 50, DemoPorts.LOOPBACK));
    Thread.ofVirtual().start(standIn::accept);
    return standIn;
  }

  String url() {
    return "nats://%s:%d".formatted(DemoPorts.LOOPBACK.getHostAddress(), server.getLocalPort());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void serve(Socket client) {
    try (client) {
      var in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      say(out, "INFO {\"server_id\":\"stand-in\",\"max_payload\":1048576,\"headers\":true}");
      while (true) {
        String[] words = line(in).split(" ", -1);
        switch (words[0]) {
          case "PING" -> say(out, "PONG");
          case "PUB" -> in.skipNBytes(Integer.parseInt(words[words.length - 1]) + 2L);
          case "SUB" -> {
            if (words[1].equals("router.start")) {
              say(out, "MSG router.start %s %d\r\n%s".formatted(words[2], ROUTER.length(), ROUTER));
            }
          }
          default -> {
            // CONNECT, UNSUB, PONG: no answer
          }
        }
      }
    } catch (IOException e) {
      // The client is gone, or this stand-in is closed.
    }
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write((text + "\r\n").getBytes(US_ASCII));
    out.flush();
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException();
      }
      line.append((char) octet);
    }
    return line.toString().strip();
  }

  /** Accepts no more clients; existing ones end by themselves. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
