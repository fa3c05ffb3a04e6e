package io.harborgateway.benchmarks.load;

import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The client's side of TLS: one version and one cipher, so that no proxy gets an easier one. */
final class ClientTls {
  private static final String CIPHER_13 = "TLS_AES_128_GCM_SHA256";
  private static final String CIPHER_12 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

  private ClientTls() {}

  private static String protocol(TlsMode mode) {
    return mode == TlsMode.TLS13 ? "TLSv1.3" : "TLSv1.2";
  }

  /** Returns a context with no session in it, or null for none. */
  static @Nullable SslContext context(TlsMode mode) throws SSLException {
    if (mode == TlsMode.NONE) {
      return null;
    }
    var builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .protocols(protocol(mode))
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            // Only BoringSSL among the proxies has X25519MLKEM768, which would cost it more. For
            // TLS 1.2
            // the list is of the curves of certificates too.
            .option(OpenSslContextOption.GROUPS, new String[] {"x25519", "secp256r1"});
    if (mode != TlsMode.TLS13) {
      // BoringSSL takes no list for TLS 1.3, but prefers the same cipher: see check.
      builder.ciphers(List.of(CIPHER_12));
    }
    SslContext context = builder.build();
    ((OpenSslSessionContext) context.sessionContext())
        .setSessionCacheEnabled(mode == TlsMode.TLS12_RESUMED);
    return context;
  }

  /** Fails the load unless version and cipher are what all proxies are compared with. */
  static void check(Load load, SSLSession session) {
    String protocol = protocol(load.slice.tls());
    String cipher = load.slice.tls() == TlsMode.TLS13 ? CIPHER_13 : CIPHER_12;
    if (!session.getProtocol().equals(protocol) || !session.getCipherSuite().equals(cipher)) {
      load.fail(
          "TLS: %s %s (expected: %s %s)"
              .formatted(session.getProtocol(), session.getCipherSuite(), protocol, cipher));
    }
  }
}
