package io.harborgateway.upstream;

import io.harborgateway.certs.Pin;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.ssl.util.SimpleTrustManagerFactory;
import io.netty.internal.tcnative.SSL;
import io.netty.util.NetUtil;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The ways to verify the certificate of Harbor's nginx. All build a client context. */
public final class UpstreamTls {
  private UpstreamTls() {}

  /** Trusts certificates of these authorities that cover the expected server name. */
  public static SslContext byAuthority(List<X509Certificate> authorities) throws SSLException {
    // The trust manager verifies the name, and reports what it found.
    return withoutName(builder().trustManager(new AuthorityTrust(authorities)));
  }

  /** Trusts the one certificate with this public key, whatever its name and issuer. */
  public static SslContext byPin(Pin pin) throws SSLException {
    return withoutName(builder().trustManager(new PinTrustManagerFactory(pin)));
  }

  /** Trusts any certificate: encrypted, but not protected from a man in the middle. */
  public static SslContext insecure() throws SSLException {
    return withoutName(builder().trustManager(InsecureTrustManagerFactory.INSTANCE));
  }

  /**
   * Returns the handler of one connection. It sends the server name as SNI unless that is an IP
   * address, which RFC 6066 section 3 forbids.
   */
  static SslHandler newHandler(
      SslContext context, ByteBufAllocator allocator, Upstream.Settings settings) {
    String name = settings.serverName();
    SslHandler handler = context.newHandler(allocator, name, settings.port());
    // Netty only sends names with a dot and without underscores, and the JDK's type has the same
    // restriction.
    if (!NetUtil.isValidIpV4Address(name)
        && !NetUtil.isValidIpV6Address(name)
        && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      SSL.setTlsExtHostName(engine.sslPointer(), name);
    }
    return handler;
  }

  private static SslContextBuilder builder() {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.OPENSSL)
        .protocols("TLSv1.3", "TLSv1.2");
  }

  private static SslContext withoutName(SslContextBuilder builder) throws SSLException {
    return builder.endpointIdentificationAlgorithm(null).build();
  }

  private static final class PinTrustManagerFactory extends SimpleTrustManagerFactory {
    private final TrustManager[] managers;

    PinTrustManagerFactory(Pin pin) {
      this.managers = new TrustManager[] {new PinTrustManager(pin)};
    }

    @Override
    protected void engineInit(@Nullable KeyStore keyStore) {}

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {}

    @Override
    protected TrustManager[] engineGetTrustManagers() {
      return managers.clone();
    }
  }

  private record PinTrustManager(Pin pin) implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyType)
        throws CertificateException {
      throw new CertificateException("clients are not expected here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyType)
        throws CertificateException {
      if (chain.length == 0 || !pin.matches(chain[0])) {
        String found = chain.length == 0 ? "no certificate" : Pin.of(chain[0]).toString();
        throw new CertificateException("wrong pin: " + found + " (expected: " + pin + ")");
      }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
