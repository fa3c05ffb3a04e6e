package io.harborgateway.route;

/** Octets that are looked at in place, whatever buffer holds them. */
public interface ByteSource {
  /** Returns the octet at {@code index}, which is absolute in the underlying buffer. */
  byte byteAt(int index);
}
