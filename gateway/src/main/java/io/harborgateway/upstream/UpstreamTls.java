package io.harborgateway.upstream;

import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.Pin;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import io.netty.internal.tcnative.SSL;
import io.netty.util.NetUtil;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The ways to verify the certificate of Harbor's nginx. All build a client context, which keeps the
 * sessions of its connections, so that one is resumed only with the same trust, certificate and
 * upstream.
 */
public final class UpstreamTls {
  private UpstreamTls() {}

  /**
   * Trusts certificates of these authorities that cover the expected server name.
   *
   * @param own shown to an upstream that asks for one; null: none
   */
  public static SslContext byAuthority(
      List<X509Certificate> authorities, @Nullable InstanceCertificate own) throws SSLException {
    // The trust manager verifies the name, and reports what it found.
    return built(builder().trustManager(new AuthorityTrust(authorities)), own);
  }

  /**
   * Trusts certificates with one of these public keys, whatever their name and issuer.
   *
   * @param own as for {@link #byAuthority}
   */
  public static SslContext byPin(List<Pin> pins, @Nullable InstanceCertificate own)
      throws SSLException {
    return built(builder().trustManager(new PinTrust(pins)), own);
  }

  /**
   * Trusts any certificate: encrypted, but not protected from a man in the middle.
   *
   * @param own as for {@link #byAuthority}
   */
  public static SslContext insecure(@Nullable InstanceCertificate own) throws SSLException {
    return built(builder().trustManager(InsecureTrustManagerFactory.INSTANCE), own);
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

  private static SslContext built(SslContextBuilder builder, @Nullable InstanceCertificate own)
      throws SSLException {
    var manager = new KeyManagerFactoryWrapper(new ClientCertificate(own));
    return builder
        // Otherwise the key would be converted for each handshake.
        .keyManager(new OpenSslCachingX509KeyManagerFactory(manager))
        .endpointIdentificationAlgorithm(null)
        .build();
  }
}
