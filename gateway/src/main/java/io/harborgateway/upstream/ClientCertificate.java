package io.harborgateway.upstream;

import io.harborgateway.certs.InstanceCertificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows a certificate to an upstream that asks for one, and remembers that it asked. It is shown
 * whatever CAs the upstream names: if it does not trust the certificate, its alert says so, which
 * explains more than a demand for one.
 */
final class ClientCertificate extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";
  private static final String ASKED = ClientCertificate.class.getName();

  private final @Nullable InstanceCertificate own;

  /**
   * @param own null: none is shown
   */
  ClientCertificate(@Nullable InstanceCertificate own) {
    this.own = own;
  }

  /**
   * What became of an upstream's wish.
   *
   * @param isShown whether it was shown a certificate
   */
  record Asked(boolean isShown) {}

  /** Returns what the peer of this handshake asked for; null: nothing. */
  static @Nullable Asked of(SSLSession session) {
    return session.getValue(ASKED) instanceof Asked asked ? asked : null;
  }

  /** Adds to a failure that the peer asked for a certificate, if it did. */
  static Throwable explained(SSLEngine engine, Throwable failure) {
    Asked asked = of(engine.getSession());
    return asked == null ? failure : new AskedException(asked, failure);
  }

  /** A failure of TLS with a peer that has asked for a certificate. */
  static final class AskedException extends SSLException {
    private static final long serialVersionUID = 1L;

    private final boolean isShown;

    private AskedException(Asked asked, Throwable cause) {
      super(cause.getMessage(), cause);
      this.isShown = asked.isShown();
    }

    boolean isShown() {
      return isShown;
    }
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    engine.getHandshakeSession().putValue(ASKED, new Asked(own != null));
    return own == null ? null : ALIAS;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return own == null ? null : ALIAS;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return own == null ? null : new String[] {ALIAS};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return own == null ? null : own.served(Instant.now()).toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return own == null ? null : own.key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
