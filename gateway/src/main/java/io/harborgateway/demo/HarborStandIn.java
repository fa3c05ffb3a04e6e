package io.harborgateway.demo;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.harborgateway.certs.InstanceCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * Stands in for Harbor's nginx: a redirect on the plain port, the registry over TLS on another,
 * Notary over TLS on a third. Uses free loopback ports.
 */
final class HarborStandIn implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer http;
  private final HttpServer https;
  private final HttpServer notary;

  private HarborStandIn(HttpServer http, HttpServer https, HttpServer notary) {
    this.http = http;
    this.https = https;
    this.notary = notary;
  }

  /**
   * Starts all three.
   *
   * @param publicHttpsPort port that the plain port redirects to
   */
  static HarborStandIn start(InstanceCertificate certificate, int publicHttpsPort)
      throws IOException {
    SSLContext tls = DemoTls.presenting(certificate);
    var loopback = new InetSocketAddress(DemoPorts.LOOPBACK, 0);
    var standIn =
        new HarborStandIn(
            HttpServer.create(loopback, 0),
            HttpsServer.create(loopback, 0),
            HttpsServer.create(loopback, 0));
    standIn.start(standIn.http, new RedirectHandler(publicHttpsPort));
    ((HttpsServer) standIn.https).setHttpsConfigurator(new HttpsConfigurator(tls));
    standIn.start(standIn.https, new RegistryHandler("harbor-registry"));
    ((HttpsServer) standIn.notary).setHttpsConfigurator(new HttpsConfigurator(tls));
    standIn.start(standIn.notary, new RegistryHandler("harbor-notary"));
    return standIn;
  }

  private void start(HttpServer server, HttpHandler handler) {
    server.createContext("/", handler);
    server.setExecutor(threads);
    server.start();
  }

  int httpPort() {
    return http.getAddress().getPort();
  }

  int httpsPort() {
    return https.getAddress().getPort();
  }

  int notaryPort() {
    return notary.getAddress().getPort();
  }

  /** Stops at once, cutting requests in flight. */
  @Override
  public void close() {
    http.stop(0);
    https.stop(0);
    notary.stop(0);
    threads.shutdownNow();
  }
}
