package io.harborgateway.cli;

import io.harborgateway.config.AdminConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A minimal client of a local gateway's admin endpoint. Uses the unix socket if there is one, which
 * the JDK's HTTP client does not support. One connection per request.
 */
final class AdminConnection {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** A response. */
  record Response(int status, String body) {}

  /** Nobody listens there: no gateway runs. */
  static final class NotRunningException extends IOException {
    private static final long serialVersionUID = 1;

    private NotRunningException(IOException failure) {
      super(failure.getMessage(), failure);
    }
  }

  private final SocketAddress address;
  private final String shown;
  private final String host;

  private AdminConnection(SocketAddress address, String shown, String host) {
    this.address = address;
    this.shown = shown;
    this.host = host;
  }

  static AdminConnection to(AdminConfig admin) {
    if (admin.socket() != null) {
      var socket = UnixDomainSocketAddress.of(admin.socket());
      return new AdminConnection(socket, admin.socket().toString(), "localhost");
    }
    String host = admin.address().contains(":") ? "[" + admin.address() + "]" : admin.address();
    var address = new InetSocketAddress(InetAddress.ofLiteral(admin.address()), admin.port());
    String authority = host + ":" + admin.port();
    return new AdminConnection(address, "http://" + authority, authority);
  }

  /**
   * Sends a request and returns the response, whatever its status. Blocks for at most 10 s.
   *
   * @param fields further header fields, each with its CRLF
   * @throws NotRunningException if nobody listens there
   * @throws IOException that names the endpoint
   */
  Response ask(String method, String path, String fields) throws IOException, InterruptedException {
    return ask(method, path, fields, TIMEOUT);
  }

  /**
   * Like {@link #ask(String, String, String)}, for what may take longer.
   *
   * @param timeout the longest time to block; positive
   */
  Response ask(String method, String path, String fields, Duration timeout)
      throws IOException, InterruptedException {
    var answer = new CompletableFuture<String>();
    try (var channel =
        SocketChannel.open(
            address instanceof UnixDomainSocketAddress
                ? StandardProtocolFamily.UNIX
                : protocolFamily())) {
      Thread.startVirtualThread(() -> {
        try {
          channel.connect(address);
          answer.complete(exchange(channel, request(method, path, fields)));
        } catch (IOException | RuntimeException e) {
          answer.completeExceptionally(e);
        }
      });
      return parsed(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw failure(path, "nothing within " + timeout, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      IOException failure = failure(path, String.valueOf(cause.getMessage()), cause);
      throw isNobodyThere(cause) ? new NotRunningException(failure) : failure;
    }
  }

  /** A port that nobody listens on, or a socket file that is gone, or has been left behind. */
  private boolean isNobodyThere(Throwable failure) {
    return failure instanceof ConnectException
        || (address instanceof UnixDomainSocketAddress unix && Files.notExists(unix.getPath()));
  }

  private StandardProtocolFamily protocolFamily() {
    return ((InetSocketAddress) address).getAddress().getAddress().length == 4
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  private IOException failure(String path, String why, Throwable cause) {
    return new IOException(
        "%s%s: no answer from the gateway: %s".formatted(shown, path, why), cause);
  }

  private String request(String method, String path, String fields) {
    return "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 0\r\n%s\r\n"
        .formatted(method, path, host, fields);
  }

  private static String exchange(SocketChannel channel, String request) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    while (out.hasRemaining()) {
      channel.write(out);
    }
    var all = new ByteArrayOutputStream();
    var in = ByteBuffer.allocate(8192);
    while (channel.read(in) >= 0) {
      all.write(in.array(), 0, in.position());
      in.clear();
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** Parses a head and a body that ends with the connection, as this endpoint sends them. */
  private Response parsed(String text) throws IOException {
    int body = text.indexOf("\r\n\r\n");
    if (body < 0 || !text.startsWith("HTTP/1.1 ") || text.length() < 12) {
      throw new IOException(shown + ": no HTTP response (is it the gateway's admin endpoint?)");
    }
    return new Response(Integer.parseInt(text.substring(9, 12)), text.substring(body + 4));
  }

  @Override
  public String toString() {
    return shown;
  }
}
