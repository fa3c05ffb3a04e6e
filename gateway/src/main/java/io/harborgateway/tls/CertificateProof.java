package io.harborgateway.tls;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Proves that a TLS context can serve its certificate by doing what clients do: a handshake of each
 * version, in memory. The client verifies the signature made with the certificate's key, and checks
 * that the chain is the intended one, that its certificates may sign for each other (RFC 5280
 * section 6.1, which has constraints that no other check covers), and that the leaf covers every
 * name. Whether the end of the chain is trusted is up to the routers.
 *
 * <p>Takes the CPU time of two handshakes; not for event loops.
 */
final class CertificateProof {
  private CertificateProof() {}

  /** What a client can be: one is the same for every proof, and created for the first. */
  private record ClientKind(SslProvider provider, String version) {}

  private static final Map<ClientKind, SslContext> CLIENTS = new ConcurrentHashMap<>();

  /** Returns a client that offers all there is: whatever the server may use is tried. */
  private static SslContext client(ClientKind kind) {
    try {
      var builder =
          SslContextBuilder.forClient()
              .sslProvider(kind.provider)
              .protocols(kind.version)
              .trustManager(AnybodyTrusted.INSTANCE) // the proof itself checks the chain
              .endpointIdentificationAlgorithm(null);
      if (kind.provider != SslProvider.JDK) {
        builder
            .option(OpenSslContextOption.USE_TASKS, false)
            .option(OpenSslContextOption.GROUPS, TlsSupport.groups().toArray(String[]::new))
            .ciphers(
                new TlsSettings(
                        TlsSupport.versions(), TlsSupport.suites(), TlsSupport.groups(), false)
                    .allSuites());
      }
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS client of " + kind.version, e);
    }
  }

  /**
   * Returns if the context can serve the certificate.
   *
   * @param versions the versions that the context has
   * @param sent the chain that the context sends
   * @param names names that the leaf must cover
   * @throws SSLException if it can't, with the reason
   */
  static void of(
      SslContext server,
      List<String> versions,
      InstanceCertificate certificate,
      List<X509Certificate> sent,
      Collection<String> names)
      throws SSLException {
    // As a client, BoringSSL offers no signature algorithm for P-521; Go and OpenSSL do.
    boolean large = certificate.keyType().isEc() && certificate.keyType().bits() > 384;
    SslProvider provider = large ? SslProvider.JDK : SslProvider.OPENSSL_REFCNT;
    for (String version : versions.reversed()) {
      SSLEngine client =
          CLIENTS
              .computeIfAbsent(new ClientKind(provider, version), CertificateProof::client)
              .newEngine(UnpooledByteBufAllocator.DEFAULT);
      SSLEngine accepting = server.newEngine(UnpooledByteBufAllocator.DEFAULT);
      try {
        MemoryHandshake.run(client, accepting);
        verify(client.getSession().getPeerCertificates(), sent, names);
      } catch (SSLException e) {
        throw failure(version, e);
      } finally {
        client.closeOutbound();
        ReferenceCountUtil.release(client);
        ReferenceCountUtil.release(accepting);
      }
    }
  }

  private static SSLException failure(String version, SSLException problem) {
    Throwable innermost = problem;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    var failure =
        new SSLHandshakeException(
            "no handshake of %s works with it: %s".formatted(version, innermost.getMessage()));
    failure.initCause(problem);
    return failure;
  }

  private static void verify(
      Certificate[] presented, List<X509Certificate> sent, Collection<String> names)
      throws SSLException {
    if (!List.of(presented).equals(sent)) {
      throw new SSLHandshakeException("a chain of other certificates is sent");
    }
    try {
      verifyPath(sent);
      // The key plays no part in what a certificate covers.
      List<String> missing = InstanceCertificate.namesNotCovered(sent.getFirst(), names);
      if (!missing.isEmpty()) {
        throw new SSLHandshakeException("names that it does not cover: " + missing);
      }
    } catch (CertificateProblem | GeneralSecurityException e) {
      var failure = new SSLHandshakeException(String.valueOf(e.getMessage()));
      failure.initCause(e);
      throw failure;
    }
  }

  /**
   * Verifies the path with the chain's own end as the trust anchor, at an instant at which all of
   * it is valid: validity in time is checked elsewhere.
   */
  private static void verifyPath(List<X509Certificate> sent) throws GeneralSecurityException {
    if (sent.size() < 2) {
      return;
    }
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(sent.getLast(), null)));
    parameters.setRevocationEnabled(false);
    Instant begin =
        sent.stream()
            .map(certificate -> certificate.getNotBefore().toInstant())
            .max(Instant::compareTo)
            .orElseThrow();
    parameters.setDate(Date.from(begin));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509")
                .generateCertPath(sent.subList(0, sent.size() - 1)),
            parameters);
  }
}
