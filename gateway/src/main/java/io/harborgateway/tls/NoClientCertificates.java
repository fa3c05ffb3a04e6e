package io.harborgateway.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts nobody: clients are not asked for a certificate. Without it each TLS context would load
 * the JDK's list of public authorities, and keep a copy.
 */
final class NoClientCertificates implements X509TrustManager {
  static final NoClientCertificates INSTANCE = new NoClientCertificates();

  private NoClientCertificates() {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("client certificates are not asked for");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("not a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
