package io.harborgateway.tls;

import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.InstanceCertificate;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of one instance: one for each of its certificates, all proven by handshakes.
 * Reference-counted by {@link #release}: who has them owns them. Thread-safe.
 */
public final class InstanceContexts {
  private final byte[] chains;
  private final TlsSettings settings;

  /** For clients that can't verify the other, or the only one. */
  private final SslContext general;

  /** The one of two whose certificate has an EC key. */
  private final @Nullable SslContext ecdsa;

  private final String curve;

  private InstanceContexts(
      CertificateSet certificates, TlsSettings settings, SslContext[] contexts) {
    boolean isFirstEc = certificates.main().keyType().isEc();
    this.chains = SessionScope.digest(certificates.all());
    this.settings = settings;
    this.general = contexts.length == 1 || !isFirstEc ? contexts[0] : contexts[1];
    this.ecdsa = contexts.length == 1 ? null : isFirstEc ? contexts[0] : contexts[1];
    this.curve =
        certificates.all().get(isFirstEc ? 0 : certificates.all().size() - 1).keyType().curve();
  }

  /**
   * Combines contexts, and takes ownership of them.
   *
   * @param settings with which they were built
   * @param contexts one for each of the certificates, in their order
   */
  static InstanceContexts of(
      CertificateSet certificates, TlsSettings settings, SslContext... contexts) {
    return new InstanceContexts(certificates, settings, contexts);
  }

  /**
   * Returns the context for a client: that of the EC key, whose signatures cost less, if the client
   * can verify them.
   */
  SslContext choose(OfferedSignatures offered) {
    return ecdsa != null && offered.allowEcdsa(curve, settings) ? ecdsa : general;
  }

  /** Whether the contexts present these certificates, with these settings. */
  boolean isOf(CertificateSet certificates, TlsSettings wanted) {
    return Arrays.equals(chains, SessionScope.digest(certificates.all())) && hasSettings(wanted);
  }

  boolean hasSettings(TlsSettings wanted) {
    return settings.equals(wanted);
  }

  /** Whether both present the same certificates with the same settings. */
  boolean isSame(InstanceContexts other) {
    return Arrays.equals(chains, other.chains) && settings.equals(other.settings);
  }

  /** Uses shared ticket keys from now on, if the settings have them. */
  void useTicketKeys(TicketKeys keys) {
    if (settings.sharedTickets() && !keys.isEmpty()) {
      SessionScope.useTicketKeys(general, keys);
      if (ecdsa != null) {
        SessionScope.useTicketKeys(ecdsa, keys);
      }
    }
  }

  /** Sends the OCSP responses of these certificates from now on, which are those it has. */
  void staple(CertificateSet certificates) {
    for (InstanceCertificate each : certificates.all()) {
      Staples.set(ecdsa != null && each.keyType().isEc() ? ecdsa : general, each.staple());
    }
  }

  /** Sends the OCSP responses of the other from now on, which is the same otherwise. */
  void takeStaples(InstanceContexts other) {
    Staples.set(general, Staples.of(other.general));
    if (ecdsa != null && other.ecdsa != null) {
      Staples.set(ecdsa, Staples.of(other.ecdsa));
    }
  }

  /** Releases the contexts; connections that have them keep them. */
  public void release() {
    ReferenceCountUtil.release(general);
    ReferenceCountUtil.release(ecdsa);
  }
}
