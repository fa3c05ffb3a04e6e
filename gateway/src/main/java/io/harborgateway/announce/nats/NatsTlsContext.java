package io.harborgateway.announce.nats;

import io.harborgateway.config.NatsTlsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * The TLS context for jnats, which keeps one context for its whole life and does not verify the
 * server's name. This one reads the PEM files again for each connection, so that a renewed
 * certificate is used without a restart, and enables name verification (RFC 9525, the JDK's {@code
 * HTTPS} algorithm). Only its client socket factory is usable.
 */
final class NatsTlsContext extends SSLContext {

  private NatsTlsContext(SSLContextSpi spi, Provider provider) {
    super(spi, provider, "TLS");
  }

  /**
   * @param servers the configured servers, whose certificates must match their names; a server
   *     learned by IP address must present a certificate for the first configured name
   */
  static SSLContext of(NatsTlsConfig tls, List<URI> servers) {
    try {
      return new NatsTlsContext(
          new Spi(tls, new ServerNames(servers)), SSLContext.getInstance("TLS").getProvider());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no TLS in this JDK", e);
    }
  }

  private static final class Spi extends SSLContextSpi {
    private final NatsTlsConfig tls;
    private final ServerNames names;

    Spi(NatsTlsConfig tls, ServerNames names) {
      this.tls = tls;
      this.names = names;
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      try {
        SSLContext context = PemStores.clientContext(tls.ca(), tls.certificate(), tls.key());
        return new VerifyingSocketFactory(context.getSocketFactory(), names);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("registration.tls: " + e.getMessage(), e);
      }
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("initialized by its files");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      throw new UnsupportedOperationException();
    }
  }
}
