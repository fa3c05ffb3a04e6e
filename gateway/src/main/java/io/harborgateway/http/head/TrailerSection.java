package io.harborgateway.http.head;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;

/** The view of a trailer section: the field lines after the last chunk. */
public final class TrailerSection extends Head {
  /** Limit of the field lines. Registries send none, gRPC sends three. */
  public static final int MAX_FIELDS = 32;

  /**
   * Parses the section in {@code in}, including its empty line; returns whether it is well-formed.
   */
  public boolean parse(ByteBuf in) {
    int size = in.readableBytes();
    reset(in, in.readerIndex(), size);
    boolean endsWell =
        size >= 2
            && octets[size - 2] == Octets.CR
            && (size == 2 || (size >= 4 && octets[size - 4] == Octets.CR));
    return endsWell
        && HeadParser.parseFields(octets, 0, size - 2, this) == null
        && count() <= MAX_FIELDS;
  }

  /**
   * Writes the section without the fields that are not allowed in trailers.
   *
   * @param nominated names listed in the head's Connection field, in lower case
   */
  public void write(List<String> nominated, ByteBuf out) {
    for (int i = 0; i < count(); i++) {
      String name = text(nameStart(i), nameEnd(i)).toLowerCase(Locale.ROOT);
      if (TrailerFields.mayBeTrailer(name) && !nominated.contains(name)) {
        out.writeBytes(octets, nameStart(i), lineEnd(i) - nameStart(i));
      }
    }
    out.writeByte(Octets.CR).writeByte(Octets.LF);
  }
}
