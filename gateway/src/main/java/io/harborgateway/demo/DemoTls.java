package io.harborgateway.demo;

import io.harborgateway.certs.InstanceCertificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * JDK TLS contexts for the gateway's peers, so that the demo tests against a second TLS
 * implementation.
 */
final class DemoTls {
  private static final char[] NO_PASSWORD = {};

  private DemoTls() {}

  /** Returns the context of a client that trusts only this CA. */
  static SSLContext trusting(X509Certificate ca) {
    try {
      KeyStore store = emptyStore();
      store.setCertificateEntry("ca", ca);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  /** Returns the context of a server with this certificate. */
  static SSLContext presenting(InstanceCertificate certificate) {
    try {
      KeyStore store = emptyStore();
      store.setKeyEntry(
          "server",
          certificate.key(),
          NO_PASSWORD,
          certificate.chain().toArray(X509Certificate[]::new));
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
