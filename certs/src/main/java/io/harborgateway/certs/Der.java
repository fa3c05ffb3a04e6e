package io.harborgateway.certs;

import java.security.InvalidKeyException;
import java.util.Arrays;

/** A value in DER (X.690), read element by element: just enough for private keys. */
final class Der {
  static final byte INTEGER = 0x02;
  static final byte BIT_STRING = 0x03;
  static final byte OCTET_STRING = 0x04;
  static final byte NULL = 0x05;
  static final byte OID = 0x06;
  static final byte SEQUENCE = 0x30;
  static final byte CONTEXT_0 = (byte) 0xa0;
  static final byte CONTEXT_1 = (byte) 0xa1;

  private static final int LONG_FORM = 0x80;

  private final byte[] bytes;
  private final int start; // including the element's header
  private final int contentStart;
  private final int end;
  private int position; // of the next nested element

  private Der(byte[] bytes, int start, int contentStart, int end) {
    this.bytes = bytes;
    this.start = start;
    this.contentStart = contentStart;
    this.end = end;
    this.position = contentStart;
  }

  /** The elements of {@code bytes}, one after the other. */
  static Der of(byte[] bytes) {
    return new Der(bytes, 0, 0, bytes.length);
  }

  boolean hasNext() {
    return position < end;
  }

  /** The next element inside this one. */
  Der next() throws InvalidKeyException {
    if (end - position < 2) {
      throw new InvalidKeyException("an element beyond the end");
    }
    int at = position + 1;
    int length = bytes[at++] & 0xff;
    if (length >= LONG_FORM) {
      int octets = length - LONG_FORM;
      if (octets == 0 || octets > 3 || octets > end - at) {
        throw new InvalidKeyException("an element without a length");
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = (length << 8) | (bytes[at++] & 0xff);
      }
    }
    if (length > end - at) {
      throw new InvalidKeyException("an element longer than the key");
    }
    var element = new Der(bytes, position, at, at + length);
    position = at + length;
    return element;
  }

  /** The next element inside this one, which must have this tag. */
  Der next(byte tag) throws InvalidKeyException {
    Der element = next();
    if (element.tag() != tag) {
      throw new InvalidKeyException("element %02x (expected: %02x)".formatted(element.tag(), tag));
    }
    return element;
  }

  byte tag() {
    return bytes[start];
  }

  byte[] content() {
    return Arrays.copyOfRange(bytes, contentStart, end);
  }

  byte[] encoded() {
    return Arrays.copyOfRange(bytes, start, end);
  }

  /** Encodes an element whose content is the parts, one after the other. */
  static byte[] encode(byte tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    int lengthOctets = length < LONG_FORM ? 0 : length < 1 << 8 ? 1 : length < 1 << 16 ? 2 : 3;
    byte[] element = new byte[2 + lengthOctets + length];
    element[0] = tag;
    element[1] = (byte) (lengthOctets == 0 ? length : LONG_FORM | lengthOctets);
    int at = 2;
    for (int i = lengthOctets - 1; i >= 0; i--) {
      element[at++] = (byte) (length >> (8 * i));
    }
    for (byte[] part : parts) {
      System.arraycopy(part, 0, element, at, part.length);
      at += part.length;
    }
    return element;
  }
}
