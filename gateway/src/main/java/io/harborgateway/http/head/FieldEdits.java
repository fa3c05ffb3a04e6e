package io.harborgateway.http.head;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.AsciiString;
import java.util.Arrays;

/**
 * Edits to the fields of a head: lines to drop and fields to add. Reused for one head after the
 * other; confined to one event loop.
 */
public final class FieldEdits {
  private boolean[] dropped = new boolean[32];
  private AsciiString[] names = new AsciiString[8];
  private CharSequence[] values = new CharSequence[8];
  private int added;

  void reset(Head head) {
    if (dropped.length < head.count()) {
      dropped = new boolean[head.count() * 2];
    }
    Arrays.fill(dropped, 0, head.count(), false);
    added = 0;
  }

  void drop(int line) {
    dropped[line] = true;
  }

  boolean isDropped(int line) {
    return dropped[line];
  }

  /**
   * @param value ASCII or ISO 8859-1, without CR, LF and NUL
   */
  void add(AsciiString name, CharSequence value) {
    if (added == names.length) {
      names = Arrays.copyOf(names, added * 2);
      values = Arrays.copyOf(values, added * 2);
    }
    names[added] = name;
    values[added++] = value;
  }

  /** Upper bound of the bytes that {@link #writeFields} writes beyond those of the head. */
  int addedBytes() {
    int bytes = 2;
    for (int i = 0; i < added; i++) {
      bytes += names[i].length() + values[i].length() + 4;
    }
    return bytes;
  }

  /**
   * Writes the HTTP/1.1 field lines, including the empty line, by copying the ranges between the
   * edits.
   */
  void writeFields(Head head, ByteBuf out) {
    int rangeStart = head.fieldsStart;
    int rangeEnd = rangeStart;
    for (int i = 0; i < head.count(); i++) {
      if (dropped[i]) {
        out.writeBytes(head.octets, rangeStart, rangeEnd - rangeStart);
        rangeStart = head.lineEnd(i);
      }
      rangeEnd = head.lineEnd(i);
    }
    out.writeBytes(head.octets, rangeStart, rangeEnd - rangeStart);
    for (int i = 0; i < added; i++) {
      ByteBufUtil.copy(names[i], out);
      out.writeByte(':').writeByte(' ');
      write(values[i], out);
      out.writeByte('\r').writeByte('\n');
    }
    out.writeByte('\r').writeByte('\n');
  }

  private static void write(CharSequence value, ByteBuf out) {
    if (value instanceof AsciiString ascii) {
      ByteBufUtil.copy(ascii, out);
    } else {
      for (int i = 0; i < value.length(); i++) {
        out.writeByte(value.charAt(i));
      }
    }
  }
}
