package io.harborgateway.tls;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file with a session ticket key, in nginx's forms: 80 bytes, or 48. The first 16
 * are the key's name. Immutable; its text does not show it.
 */
public final class TicketKey {
  /** With AES-256. */
  public static final int LONG = 80;

  /** With AES-128. */
  public static final int SHORT = 48;

  private static final int NAME = 16;

  private final byte[] bytes;

  /**
   * @throws IllegalArgumentException if it has neither of the two sizes
   */
  public TicketKey(byte[] bytes) {
    if (bytes.length != LONG && bytes.length != SHORT) {
      throw new IllegalArgumentException(bytes.length + " bytes (expected: 80 or 48)");
    }
    this.bytes = bytes.clone();
  }

  byte[] bytes() {
    return bytes;
  }

  /** Whether the other has the same name, by which the key of a ticket is found. */
  public boolean hasNameOf(TicketKey other) {
    return Arrays.equals(bytes, 0, NAME, other.bytes, 0, NAME);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TicketKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "a ticket key";
  }
}
