package io.harborgateway.demo;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client that connects to a loopback port under a name that is not in DNS, like {@code curl
 * --resolve}. One connection per request.
 *
 * @param name the SNI, which the certificate must cover
 * @param trust null: without TLS
 */
record DemoClient(int port, String name, @Nullable SSLContext trust) {
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final int BUFFER_BYTES = 64 * 1024;

  /**
   * A response.
   *
   * @param fields header fields by lower-case name
   * @param peer the subject of the server's certificate; empty without TLS
   */
  record Answer(int status, Map<String, String> fields, String peer) {
    String field(String name) {
      return fields.getOrDefault(name, "none");
    }
  }

  /** Writes a request's body. */
  @FunctionalInterface
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Sends a GET and writes the response body to {@code sink}. */
  Answer get(String host, String target, OutputStream sink) throws IOException {
    return exchange(head("GET", host, target), out -> {}, sink);
  }

  /** Sends a GET and appends the response body to {@code text}. */
  Answer get(String host, String target, StringBuilder text) throws IOException {
    var sink = new ByteArrayOutputStream();
    Answer answer = get(host, target, sink);
    text.append(sink.toString(StandardCharsets.UTF_8));
    return answer;
  }

  /** Sends a PUT of {@code size} bytes. */
  Answer put(String host, String target, long size, Body body) throws IOException {
    String head = head("PUT", host, target) + "Content-Length: " + size + "\r\n";
    return exchange(head, body, OutputStream.nullOutputStream());
  }

  private static String head(String method, String host, String target) {
    return "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n".formatted(method, target, host);
  }

  private Answer exchange(String head, Body body, OutputStream sink) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout((int) SILENCE.toMillis());
      var out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
      out.write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
      body.writeTo(out);
      out.flush();
      var in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
      String statusLine = line(in);
      if (!statusLine.startsWith("HTTP/1.1 ")) {
        throw new IOException("\"" + statusLine + "\" (expected: a status line)");
      }
      Map<String, String> fields = fields(in);
      String length = fields.get("content-length");
      copy(in, length == null ? Long.MAX_VALUE : Long.parseLong(length), sink, length != null);
      return new Answer(Integer.parseInt(statusLine.substring(9, 12)), fields, peer(socket));
    }
  }

  private Socket connect() throws IOException {
    var plain = new Socket(DemoPorts.LOOPBACK, port);
    if (trust == null) {
      return plain;
    }
    try {
      var socket = (SSLSocket) trust.getSocketFactory().createSocket(plain, name, port, true);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static String peer(Socket socket) throws IOException {
    return socket instanceof SSLSocket tls ? tls.getSession().getPeerPrincipal().getName() : "";
  }

  private static Map<String, String> fields(InputStream in) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      fields.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return fields;
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("closed before a whole response head");
      }
      line.append((char) octet);
    }
    return line.toString().strip();
  }

  private static void copy(InputStream in, long length, OutputStream sink, boolean demandAll)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        if (demandAll) {
          throw new EOFException("%d of %d bytes".formatted(length - left, length));
        }
        return;
      }
      sink.write(buffer, 0, read);
      left -= read;
    }
  }
}
