package io.harborgateway.tls;

import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/** Takes any certificate of a server: for the client of {@link CertificateProof} only. */
enum AnybodyTrusted implements X509TrustManager {
  INSTANCE;

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String keyType) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyType) {}

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
