package io.harborgateway.upstream;

import io.harborgateway.certs.Pin;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.X509TrustManager;

/** Trusts certificates with one of the pinned keys, whatever their name and issuer. */
record PinTrust(List<Pin> pins) implements X509TrustManager {
  PinTrust {
    pins = List.copyOf(pins);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String keyType)
      throws CertificateException {
    throw new CertificateException("clients are not expected here");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyType)
      throws CertificateException {
    Pin found = Pin.of(chain[0]);
    if (!pins.contains(found)) {
      String expected = pins.stream().map(Pin::toString).collect(Collectors.joining(" or "));
      throw new UntrustedException(
          TlsFault.WRONG_PIN, "wrong pin: %s (expected: %s)".formatted(found, expected));
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
