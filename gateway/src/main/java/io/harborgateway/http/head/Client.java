package io.harborgateway.http.head;

import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a front connection.
 *
 * @param address as text, IPv6 without brackets
 * @param trusted whether it is a proxy whose forwarded fields are trusted
 * @param keepsCertificateField whether its X-Forwarded-Client-Cert passes
 * @param certificateField the value to set for X-Forwarded-Client-Cert; null: none
 */
public record Client(
    AsciiString address,
    boolean trusted,
    boolean keepsCertificateField,
    @Nullable AsciiString certificateField) {
  /** A peer without an address, as in tests. */
  public static final Client UNKNOWN = new Client(AsciiString.cached("unknown"), false);

  /** A peer of which X-Forwarded-Client-Cert is treated like its other forwarded fields. */
  public Client(AsciiString address, boolean trusted) {
    this(address, trusted, trusted, null);
  }

  /**
   * Returns the peer of a connection.
   *
   * @param certificate the verified certificate that it has shown, or null
   */
  public static Client of(
      InetAddress address,
      Predicate<InetAddress> trustedProxies,
      ClientCertificateField field,
      @Nullable X509Certificate certificate) {
    boolean trusted = trustedProxies.test(address);
    return new Client(
        AsciiString.of(NetUtil.toAddressString(address)),
        trusted,
        field.passes(trusted, certificate != null),
        field.value(trusted, certificate));
  }
}
