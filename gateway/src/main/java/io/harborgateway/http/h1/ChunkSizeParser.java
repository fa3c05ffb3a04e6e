package io.harborgateway.http.h1;

import io.harborgateway.http.head.Octets;

/**
 * Parses the line in front of a chunk's data, {@code chunk-size [ chunk-ext ] CRLF}, strictly by
 * RFC 9112 sections 7.1 and 7.1.1, byte by byte.
 *
 * <p>Extensions are validated and dropped: nobody needs them, and parsers disagree about where they
 * end. White space ("BWS") is accepted where the grammar allows it: before and after {@code ;} and
 * {@code =}, not after the last extension. Confined to one event loop.
 */
final class ChunkSizeParser {
  /** Limit of a line's extensions, in bytes. */
  static final int MAX_EXTENSION_BYTES = 4096;

  private static final int MAX_DIGITS = 15;

  private enum State {
    SIZE,
    BEFORE_SEMICOLON,
    BEFORE_NAME,
    NAME,
    BEHIND_NAME,
    BEFORE_VALUE,
    VALUE,
    QUOTED,
    ESCAPED,
    BEHIND_QUOTED,
    LF,
    DONE,
    MALFORMED
  }

  private State state = State.SIZE;
  private long size;
  private int digits;
  private int extensionBytes;
  private boolean canonical = true;

  /** Begins a new line. */
  void reset() {
    state = State.SIZE;
    size = 0;
    digits = 0;
    extensionBytes = 0;
    canonical = true;
  }

  /** Returns whether nothing of the line has been consumed yet. */
  boolean isAtStart() {
    return state == State.SIZE && digits == 0;
  }

  /** Returns whether the line is complete. */
  boolean isDone() {
    return state == State.DONE;
  }

  /** The size of the chunk, once {@linkplain #isDone() done}; 0 to 2^60 - 1. */
  long size() {
    return size;
  }

  /** Returns whether the line had nothing but a size without leading zeros. */
  boolean isCanonical() {
    return canonical;
  }

  /** Consumes the next byte; returns false if the line is malformed. */
  boolean take(byte octet) {
    state = state == State.SIZE ? size(octet) : state == State.LF ? end(octet) : extension(octet);
    return state != State.MALFORMED;
  }

  private State size(byte octet) {
    int value = Octets.hexValue(octet);
    if (value < 0) {
      return digits == 0 ? State.MALFORMED : behindElement(octet);
    }
    canonical &= digits == 0 || size > 0;
    size = size * 16 + value;
    return ++digits > MAX_DIGITS ? State.MALFORMED : State.SIZE;
  }

  private static State end(byte octet) {
    return octet == Octets.LF ? State.DONE : State.MALFORMED;
  }

  private State extension(byte octet) {
    canonical = false;
    if (octet != Octets.CR && ++extensionBytes > MAX_EXTENSION_BYTES) {
      return State.MALFORMED;
    }
    return switch (state) {
      case BEFORE_SEMICOLON -> octet == Octets.CR ? State.MALFORMED : behindElement(octet);
      case BEFORE_NAME ->
          Octets.isBlank(octet) ? State.BEFORE_NAME : tokenOrMalformed(octet, State.NAME);
      case NAME -> Octets.isToken(octet) ? State.NAME : behindName(octet);
      case BEHIND_NAME -> octet == Octets.CR ? State.MALFORMED : behindName(octet);
      case BEFORE_VALUE ->
          Octets.isBlank(octet)
              ? State.BEFORE_VALUE
              : octet == '"' ? State.QUOTED : tokenOrMalformed(octet, State.VALUE);
      case VALUE -> Octets.isToken(octet) ? State.VALUE : behindElement(octet);
      case QUOTED -> quoted(octet);
      case ESCAPED -> Octets.isFieldValue(octet) ? State.QUOTED : State.MALFORMED;
      case BEHIND_QUOTED -> behindElement(octet);
      case SIZE, LF, DONE, MALFORMED -> State.MALFORMED;
    };
  }

  /** State after the size, or after an extension with its value. */
  private static State behindElement(byte octet) {
    return switch (octet) {
      case Octets.CR -> State.LF;
      case ';' -> State.BEFORE_NAME;
      case Octets.SP, Octets.HTAB -> State.BEFORE_SEMICOLON;
      default -> State.MALFORMED;
    };
  }

  private static State behindName(byte octet) {
    return octet == '='
        ? State.BEFORE_VALUE
        : Octets.isBlank(octet) ? State.BEHIND_NAME : behindElement(octet);
  }

  private static State quoted(byte octet) {
    return switch (octet) {
      case '"' -> State.BEHIND_QUOTED;
      case '\\' -> State.ESCAPED;
      default -> Octets.isFieldValue(octet) ? State.QUOTED : State.MALFORMED;
    };
  }

  private static State tokenOrMalformed(byte octet, State next) {
    return Octets.isToken(octet) ? next : State.MALFORMED;
  }
}
