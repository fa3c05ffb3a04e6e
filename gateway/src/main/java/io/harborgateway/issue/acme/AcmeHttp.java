package io.harborgateway.issue.acme;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.DefaultConnection;
import org.shredzone.acme4j.connector.HttpConnector;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/**
 * How acme4j reaches the server: HTTPS only, whatever addresses the server names, verified by the
 * configured CAs, without proxy and redirects, and each response within a limit of time and size.
 */
final class AcmeHttp extends GenericAcmeProvider implements AutoCloseable {
  /** For a whole request. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Far above any chain of certificates. */
  private static final long MAX_RESPONSE_BYTES = 1 << 20;

  private final HttpClient client;

  /**
   * @param ca file of the CAs; null: those of the JDK
   * @throws CertificateProblem if the file can't be used
   */
  AcmeHttp(@Nullable Path ca) throws CertificateProblem {
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(TIMEOUT)
            .sslContext(context(ca == null ? null : Pem.certificates(ca)))
            .executor(Thread::startVirtualThread)
            .build();
  }

  private static SSLContext context(@Nullable List<X509Certificate> authorities) {
    try {
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities == null ? null : store(authorities));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no TLS in this JDK", e);
    }
  }

  private static KeyStore store(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca-" + i, authorities.get(i));
    }
    return store;
  }

  @Override
  public HttpClient createHttpClient(NetworkSettings settings) {
    return client;
  }

  @Override
  public Connection connect(URI server, NetworkSettings settings, HttpClient sender) {
    return new Bounded(createHttpConnector(settings, sender));
  }

  /** Ends requests in progress. For any thread. */
  @Override
  public void close() {
    client.shutdownNow();
  }

  private static final class Bounded extends DefaultConnection {
    private Bounded(HttpConnector connector) {
      super(connector);
    }

    @Override
    protected void sendRequest(Session session, URL url, Consumer<HttpRequest.Builder> more)
        throws IOException {
      if (!"https".equals(url.getProtocol())) {
        throw new IOException(url + " (expected: https)");
      }
      HttpRequest.Builder request =
          httpConnector
              .createRequestBuilder(url)
              .header("Accept-Charset", "utf-8")
              .header("Accept-Language", session.getLanguageHeader());
      more.accept(request);
      lastResponse = response(request.build());
    }

    /** The library's own way limits the time to the head, but not that of the body. */
    private HttpResponse<InputStream> response(HttpRequest request) throws IOException {
      BodyHandler<InputStream> whole =
          head -> BodySubscribers.mapping(BodySubscribers.ofByteArray(), ByteArrayInputStream::new);
      CompletableFuture<HttpResponse<InputStream>> response =
          httpClient.sendAsync(request, BodyHandlers.limiting(whole, MAX_RESPONSE_BYTES));
      try {
        return response.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw new HttpTimeoutException("no response in " + TIMEOUT.toSeconds() + " s");
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } finally {
        response.cancel(true); // no effect unless it was given up
      }
    }
  }
}
