package io.harborgateway.registration;

import io.harborgateway.config.NatsTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/** The PEM files of {@link NatsTls} as what a JDK TLS context is initialized with. */
final class PemStores {
  private static final char[] NO_PASSWORD = {};

  private PemStores() {}

  /** Those that trust the configured CAs, or null: those of the JDK. */
  static TrustManager @Nullable [] trustManagers(NatsTls tls)
      throws IOException, GeneralSecurityException {
    Path ca = tls.ca();
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

  /** Those that present the client certificate, or null: none is presented. */
  static KeyManager @Nullable [] keyManagers(NatsTls tls)
      throws IOException, GeneralSecurityException {
    Path certificate = tls.certificate();
    Path key = tls.key();
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

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      var certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw new IOException(file + ": no certificate (expected: one or more in PEM)");
      }
      return certificates;
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser pem = new PEMParser(reader)) {
      var converter = new JcaPEMKeyConverter();
      for (Object found = pem.readObject(); found != null; found = pem.readObject()) {
        if (found instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (found instanceof PrivateKeyInfo key) {
          return converter.getPrivateKey(key);
        }
      }
      throw new IOException(file + ": no private key (expected: one in PEM, not encrypted)");
    }
  }
}
