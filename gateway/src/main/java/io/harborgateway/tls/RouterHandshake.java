package io.harborgateway.tls;

import io.harborgateway.certs.InstanceCertificate;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * A handshake in memory between the gateway's TLS and a client that verifies as a router does: the
 * chain up to a root that it trusts, its validity and purpose now, and the name it asks for. The
 * client is the JDK's, a second implementation of TLS. Blocks; not for event loops.
 */
public final class RouterHandshake {
  private static final int HTTPS_PORT = 443;

  private RouterHandshake() {}

  /**
   * Makes the handshake.
   *
   * @param root the only CA that the client trusts
   * @param version such as {@code TLSv1.3}, the only one that the client offers
   * @return version and cipher suite
   * @throws SSLException if one of the sides refuses, with the reason
   */
  public static String of(
      InstanceCertificate certificate, X509Certificate root, String name, String version)
      throws SSLException {
    List<X509Certificate> sent = certificate.served(Instant.now());
    SslContext server = TlsContexts.build(certificate, sent, TlsSettings.INTERMEDIATE);
    SSLEngine accepting = server.newEngine(UnpooledByteBufAllocator.DEFAULT);
    try {
      SSLEngine client = trusting(root).createSSLEngine(name, HTTPS_PORT);
      SSLParameters parameters = client.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setProtocols(new String[] {version});
      client.setSSLParameters(parameters);
      MemoryHandshake.run(client, accepting);
      return client.getSession().getProtocol() + " " + client.getSession().getCipherSuite();
    } finally {
      ReferenceCountUtil.release(accepting);
      ReferenceCountUtil.release(server);
    }
  }

  private static SSLContext trusting(X509Certificate root) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("root", root);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
