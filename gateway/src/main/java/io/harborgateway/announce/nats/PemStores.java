package io.harborgateway.announce.nats;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Builds a JDK TLS context from a client's PEM files. Reads files; not for event loops. */
public final class PemStores {
  private static final char[] NO_PASSWORD = {};

  private PemStores() {}

  /**
   * Creates a client context from the files' current content.
   *
   * @param ca the trusted CAs; null: the JDK's
   * @param certificate the client's certificate chain; null: none is presented
   * @param key its private key, not encrypted; null: none is presented
   * @throws IOException if a file cannot be read, or is not PEM of the expected type
   * @throws GeneralSecurityException if a file's content cannot be used
   */
  public static SSLContext clientContext(
      @Nullable Path ca, @Nullable Path certificate, @Nullable Path key)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers(certificate, key), trustManagers(ca), null);
    return context;
  }

  /**
   * Creates a client context that verifies neither the server's certificate nor its name.
   *
   * @param certificate as for {@link #clientContext}
   * @param key as for {@link #clientContext}
   * @throws IOException if a file cannot be read, or is not PEM of the expected type
   * @throws GeneralSecurityException if a file's content cannot be used
   */
  public static SSLContext trustingAnybody(@Nullable Path certificate, @Nullable Path key)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers(certificate, key), new TrustManager[] {new TrustingAnybody()}, null);
    return context;
  }

  private static TrustManager @Nullable [] trustManagers(@Nullable Path ca)
      throws IOException, GeneralSecurityException {
    if (ca == null) {
      return null;
    }
    KeyStore store = emptyStore();
    int index = 0;
    for (Certificate certificate : certificates(ca)) {
      store.setCertificateEntry("ca-" + index++, certificate);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager @Nullable [] keyManagers(@Nullable Path certificate, @Nullable Path key)
      throws IOException, GeneralSecurityException {
    if (certificate == null || key == null) {
      return null;
    }
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        privateKey(key),
        NO_PASSWORD,
        certificates(certificate).toArray(Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static List<X509Certificate> certificates(Path file) throws IOException {
    try {
      return Pem.certificates(file);
    } catch (CertificateProblem e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    try {
      return Pem.privateKey(file);
    } catch (CertificateProblem e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
