package io.harborgateway.http.head;

import io.harborgateway.route.ByteSource;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A parsed head as a view: offsets into an array that holds its bytes. Confined to one event loop,
 * whose connections share one: it is valid until the next head of the same kind is parsed, so only
 * during the call that passes it on.
 *
 * <p>The bytes are copied once from the received buffer, because array access is cheaper than
 * buffer access, and each byte is accessed more than once.
 *
 * <p>The view does not know how the head was framed on the wire: an HTTP/2 front would fill it from
 * its own buffer.
 */
public abstract sealed class Head implements ByteSource
    permits RequestHead, ResponseHead, TrailerSection {
  private static final int STRIDE = 5;
  private static final int NAME_START = 0;
  private static final int NAME_END = 1;
  private static final int VALUE_START = 2;
  private static final int VALUE_END = 3;
  private static final int LINE_END = 4;

  /** Number of bytes after a head that may be read; their values never matter. */
  private static final int SLACK = 16;

  /** Room to append another element to a list: usually an address. */
  private static final int LIST_ROOM = 24;

  /** The head, from its first byte on. */
  byte[] octets = new byte[4096];

  /** 0 or 1: the minor version of HTTP/1. */
  public int minorVersion;

  /** Offset of the first field line. */
  int fieldsStart;

  /** Read once for each head, by its parser. */
  public final ConnectionOptions connection = new ConnectionOptions();

  private int[] offsets = new int[32 * STRIDE];
  private @Nullable Field[] fields = new Field[32];
  private int count;

  /** Begins a new head: the bytes of {@code in} at {@code [start, start + length)}. */
  void reset(ByteBuf in, int start, int length) {
    if (octets.length < length + SLACK) {
      octets = new byte[Math.max(length + SLACK, octets.length * 2)];
    }
    in.getBytes(start, octets, 0, length);
    count = 0;
  }

  void add(int nameStart, int nameEnd, int valueStart, int valueEnd, int lineEnd) {
    if (count == fields.length) {
      fields = Arrays.copyOf(fields, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2 * STRIDE);
    }
    int at = count * STRIDE;
    offsets[at + NAME_START] = nameStart;
    offsets[at + NAME_END] = nameEnd;
    offsets[at + VALUE_START] = valueStart;
    offsets[at + VALUE_END] = valueEnd;
    offsets[at + LINE_END] = lineEnd;
    fields[count++] = Field.of(octets, nameStart, nameEnd);
  }

  @Override
  public final byte byteAt(int index) {
    return octets[index];
  }

  /** Number of field lines. */
  final int count() {
    return count;
  }

  /** The field of line {@code i}, or null when the gateway does not act on it. */
  final @Nullable Field field(int i) {
    return fields[i];
  }

  final int nameStart(int i) {
    return offsets[i * STRIDE + NAME_START];
  }

  final int nameEnd(int i) {
    return offsets[i * STRIDE + NAME_END];
  }

  public final int valueStart(int i) {
    return offsets[i * STRIDE + VALUE_START];
  }

  public final int valueEnd(int i) {
    return offsets[i * STRIDE + VALUE_END];
  }

  /** Offset after the CRLF of line {@code i}. */
  final int lineEnd(int i) {
    return offsets[i * STRIDE + LINE_END];
  }

  /** Returns the index of the first line of {@code field} from line {@code from} on, or -1. */
  public final int indexOf(Field field, int from) {
    for (int i = from; i < count; i++) {
      if (fields[i] == field) {
        return i;
      }
    }
    return -1;
  }

  /** Returns the value of the first line of {@code field}, or null. Allocates a String. */
  final @Nullable String value(Field field) {
    int i = indexOf(field, 0);
    return i < 0 ? null : text(valueStart(i), valueEnd(i));
  }

  public final String text(int start, int end) {
    return new String(octets, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** Returns whether the bytes at {@code [start, end)} equal {@code lowerCase}, ignoring case. */
  final boolean is(int start, int end, String lowerCase) {
    if (end - start != lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      if (Octets.lower(octets[start + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the bytes at {@code [start, end)} are exactly {@code expected}. */
  final boolean matches(int start, int end, String expected) {
    if (end - start != expected.length()) {
      return false;
    }
    for (int i = 0; i < expected.length(); i++) {
      if (octets[start + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether a list-valued field has {@code lowerCase} among its elements, ignoring case.
   */
  final boolean lists(Field field, String lowerCase) {
    for (int i = indexOf(field, 0); i >= 0; i = indexOf(field, i + 1)) {
      var elements = new ListElements(octets, valueStart(i), valueEnd(i));
      while (elements.next()) {
        if (is(elements.start(), elements.end(), lowerCase)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Returns the elements of all lines of a list-valued field as one list, without empty ones (RFC
   * 9110 sections 5.3 and 5.6.1), or null if there are none.
   */
  final @Nullable StringBuilder list(Field field) {
    StringBuilder list = null;
    for (int i = indexOf(field, 0); i >= 0; i = indexOf(field, i + 1)) {
      var elements = new ListElements(octets, valueStart(i), valueEnd(i));
      while (elements.next()) {
        if (list == null) {
          list = new StringBuilder(valueEnd(i) - valueStart(i) + LIST_ROOM);
        } else {
          list.append(", ");
        }
        for (int at = elements.start(); at < elements.end(); at++) {
          list.append((char) (octets[at] & 0xff));
        }
      }
    }
    return list;
  }
}
