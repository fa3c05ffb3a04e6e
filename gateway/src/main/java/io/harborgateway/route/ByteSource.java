package io.harborgateway.route;

/** Bytes that are read in place, whatever buffer holds them. */
public interface ByteSource {
  /** Returns the byte at {@code index}, an absolute index into the underlying buffer. */
  byte byteAt(int index);
}
