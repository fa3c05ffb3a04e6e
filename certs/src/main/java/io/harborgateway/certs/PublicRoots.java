package io.harborgateway.certs;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;

/**
 * The roots that the JDK trusts, as an approximation of what clients trust. Loaded on first use.
 */
final class PublicRoots {
  private static final class Holder {
    static final Map<X500Principal, List<X509Certificate>> BY_SUBJECT = read();
  }

  private PublicRoots() {}

  /** Returns whether a root has the subject and key of this certificate and expires later. */
  static boolean replace(X509Certificate certificate) {
    Instant end = certificate.getNotAfter().toInstant();
    return Holder.BY_SUBJECT.getOrDefault(certificate.getSubjectX500Principal(), List.of()).stream()
        .anyMatch(root ->
            root.getPublicKey().equals(certificate.getPublicKey())
                && root.getNotAfter().toInstant().isAfter(end));
  }

  /** Returns whether there is a root of this subject. */
  static boolean has(X500Principal subject) {
    return Holder.BY_SUBJECT.containsKey(subject);
  }

  /** Returns the roots found: without any, no certificate counts as replaced. */
  private static Map<X500Principal, List<X509Certificate>> read() {
    Map<X500Principal, List<X509Certificate>> roots = new HashMap<>();
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (var manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager trust) {
          for (X509Certificate root : trust.getAcceptedIssuers()) {
            roots
                .computeIfAbsent(root.getSubjectX500Principal(), subject -> new ArrayList<>())
                .add(root);
          }
        }
      }
      return roots;
    } catch (GeneralSecurityException e) {
      return Map.of();
    }
  }
}
