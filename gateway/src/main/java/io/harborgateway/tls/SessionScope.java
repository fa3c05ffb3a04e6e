package io.harborgateway.tls;

import io.harborgateway.certs.InstanceCertificate;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What the sessions of a context are confined to: the instance, whose first name no other has, and
 * its certificate. An instance with the same certificate is another scope.
 */
final class SessionScope {
  /** As long as BoringSSL's session id context may be. */
  private static final AttributeKey<byte[]> SCOPE =
      AttributeKey.valueOf(SessionScope.class, "SCOPE");

  private SessionScope() {}

  static void confine(SslContext context, InstanceCertificate certificate, List<String> names) {
    MessageDigest digest = sha256();
    names.stream().limit(1).forEach(name -> digest.update(name.getBytes(StandardCharsets.UTF_8)));
    digest.update((byte) 0);
    byte[] scope = digest.digest(digest(List.of(certificate)));
    context.attributes().attr(SCOPE).set(scope);
    if (!((OpenSslServerSessionContext) context.sessionContext()).setSessionIdContext(scope)) {
      throw new IllegalStateException("the session id context could not be set");
    }
  }

  /** Has the tickets of a confined context encrypted with keys derived from these. */
  static void useTicketKeys(SslContext context, TicketKeys keys) {
    byte[] scope = context.attributes().attr(SCOPE).get();
    ((OpenSslSessionContext) context.sessionContext()).setTicketKeys(keys.of(scope));
  }

  /** Returns SHA-256 of the chains as in their files. */
  static byte[] digest(List<InstanceCertificate> certificates) {
    MessageDigest digest = sha256();
    try {
      for (InstanceCertificate each : certificates) {
        for (X509Certificate certificate : each.chain()) {
          digest.update(certificate.getEncoded());
        }
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e); // what was parsed has an encoding
    }
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
