package io.harborgateway.transport;

import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake with a client has agreed on; an attribute of the connection from then on.
 *
 * @param version such as {@code TLSv1.3}
 * @param suite the suite's IANA name
 * @param group the group of the key exchange, such as {@code X25519MLKEM768}; null with RSA key
 *     exchange
 * @param resumed whether an earlier session was resumed
 */
public record NegotiatedTls(String version, String suite, @Nullable String group, boolean resumed) {
  public static final AttributeKey<NegotiatedTls> KEY =
      AttributeKey.valueOf(NegotiatedTls.class, "KEY");
}
