package io.harborgateway.announce.routingapi;

import io.harborgateway.announce.nats.PemStores;
import io.harborgateway.announce.routingapi.RoutingApiAccess.Server;
import io.harborgateway.watch.FileStamp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPS client for one server. Verifies the server's certificate by CA and name unless that is
 * disabled, and presents the client's if there is one. The PEM files are read again when they
 * change and after each failure; connections made with the old ones are closed. Does not follow
 * redirects and uses no proxy.
 *
 * <p>Confined to one thread, which it blocks, except for {@link #close}.
 */
final class HttpsPeer implements AutoCloseable {
  /** For the whole request: the dial, TLS, and the complete response. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Far above any answer of the routing API or of UAA. */
  private static final long MAX_RESPONSE_BYTES = 1 << 20;

  private final Server server;

  private List<FileStamp> stamps = List.of();
  private volatile @Nullable HttpClient client;

  HttpsPeer(Server server) {
    this.server = server;
  }

  /** Begins a request for {@code path}, which starts with a slash and may have a query. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create(server.url().toString().replaceFirst("/+$", "") + path));
  }

  /**
   * Sends the request and waits for its response, whatever its status, at most 5 s.
   *
   * @throws IOException if there is no response; says for which request, and why
   */
  ApiResponse send(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> response = null;
    try {
      response =
          currentClient()
              .sendAsync(
                  request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_RESPONSE_BYTES));
      return ApiResponse.of(response.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      throw failed(request, new HttpTimeoutException("no response in 5 s"));
    } catch (ExecutionException e) {
      throw failed(request, Objects.requireNonNullElse(e.getCause(), e));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw failed(request, e); // a file that cannot be read, or is not PEM
    } finally {
      if (response != null) {
        response.cancel(true); // no effect unless it was given up
      }
    }
  }

  private IOException failed(HttpRequest request, Throwable cause) {
    close();
    return new IOException(request.method() + " " + request.uri() + ": " + describe(cause), cause);
  }

  /**
   * Combines the outermost message, which says what failed, with the innermost, which says why: an
   * SSLHandshakeException says that a certificate is invalid, its cause that it has expired. A
   * ConnectException has neither.
   */
  private static String describe(Throwable problem) {
    String text = problem.getClass().getSimpleName();
    String outer = problem.getMessage();
    if (outer != null && !outer.isBlank()) {
      text += ": " + outer;
    }
    Throwable innermost = problem;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String inner = innermost.getMessage();
    return inner == null || text.contains(inner) ? text : text + " (" + inner + ")";
  }

  private HttpClient currentClient() throws IOException, GeneralSecurityException {
    // before reading: a file that changes in between is read again the next time
    List<FileStamp> found = files().map(FileStamp::of).toList();
    HttpClient current = client;
    if (current != null && found.equals(stamps)) {
      return current;
    }
    close();
    HttpClient fresh =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .sslContext(context())
            .executor(Thread::startVirtualThread)
            .build();
    stamps = found;
    client = fresh;
    return fresh;
  }

  private SSLContext context() throws IOException, GeneralSecurityException {
    return server.verified()
        ? PemStores.clientContext(server.ca(), server.certificate(), server.key())
        : PemStores.trustingAnybody(server.certificate(), server.key());
  }

  private Stream<Path> files() {
    return Stream.of(server.ca(), server.certificate(), server.key()).filter(Objects::nonNull);
  }

  /** Closes the connections, including active ones. The next request opens new ones. */
  @Override
  public void close() {
    HttpClient current = client;
    client = null;
    if (current != null) {
      current.shutdownNow();
    }
  }
}
