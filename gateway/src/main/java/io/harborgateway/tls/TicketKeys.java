package io.harborgateway.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys of session tickets, shared by several nodes: the first encrypts, all decrypt. Without
 * any, BoringSSL has keys of its own for each context. Immutable.
 *
 * <p>No ticket is encrypted with these themselves: each scope, which is a certificate of an
 * instance, has keys derived from them. So the ticket of one scope is nothing but noise in another,
 * and netty-tcnative gets the 16 bytes of AES and of HMAC that it takes, whatever a file has.
 */
public final class TicketKeys {
  /** No shared keys. */
  public static final TicketKeys NONE = new TicketKeys(List.of());

  private static final byte NAME = 0;
  private static final byte SECRETS = 1;

  private final List<TicketKey> keys;

  /**
   * @param keys the first encrypts
   */
  public TicketKeys(List<TicketKey> keys) {
    this.keys = List.copyOf(keys);
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Returns what contexts of this scope use. */
  OpenSslSessionTicketKey[] of(byte[] scope) {
    return keys.stream()
        .map(key -> {
          byte[] name = derived(key, NAME, scope);
          byte[] secrets = derived(key, SECRETS, scope);
          int hmac = OpenSslSessionTicketKey.HMAC_KEY_SIZE;
          return new OpenSslSessionTicketKey(
              Arrays.copyOf(name, OpenSslSessionTicketKey.NAME_SIZE),
              Arrays.copyOf(secrets, hmac),
              Arrays.copyOfRange(secrets, hmac, hmac + OpenSslSessionTicketKey.AES_KEY_SIZE));
        })
        .toArray(OpenSslSessionTicketKey[]::new);
  }

  private static byte[] derived(TicketKey key, byte purpose, byte[] scope) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.bytes(), "HmacSHA256"));
      mac.update(purpose);
      return mac.doFinal(scope);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TicketKeys those && keys.equals(those.keys);
  }

  @Override
  public int hashCode() {
    return keys.hashCode();
  }
}
