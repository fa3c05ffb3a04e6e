package io.harborgateway.http.head;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** Writes HTTP/1.1 heads into new buffers, which the caller releases. */
public final class HeadWriter {
  private static final byte[] VERSION = "HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VERSION_AND_CRLF =
      " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);

  private HeadWriter() {}

  /** Returns the head as it goes upstream: the target in origin-form (RFC 9112 section 3.2.1). */
  public static ByteBuf request(RequestHead head, FieldEdits edits, ByteBufAllocator allocator) {
    ByteBuf out = allocator.directBuffer(size(head, head.methodStart, edits));
    out.writeBytes(head.octets, head.methodStart, head.methodEnd - head.methodStart);
    out.writeByte(Octets.SP);
    boolean needsSlash =
        head.pathStart > head.targetStart
            && (head.pathStart == head.targetEnd || head.octets[head.pathStart] == '?');
    if (needsSlash) {
      out.writeByte(isOptionsOfServer(head) ? '*' : '/');
    }
    out.writeBytes(head.octets, head.pathStart, head.targetEnd - head.pathStart);
    out.writeBytes(VERSION_AND_CRLF);
    edits.writeFields(head, out);
    return out;
  }

  /** Returns whether absolute-form without a path means the server as a whole (section 3.2.4). */
  private static boolean isOptionsOfServer(RequestHead head) {
    return head.pathStart == head.targetEnd && head.methodIs("OPTIONS");
  }

  /**
   * Returns the head as it goes to the client. The space after the status, required even without a
   * reason phrase (RFC 9112 section 4), is added if it is missing.
   */
  public static ByteBuf response(ResponseHead head, FieldEdits edits, ByteBufAllocator allocator) {
    ByteBuf out = allocator.directBuffer(size(head, head.statusStart, edits));
    out.writeBytes(VERSION).writeByte(Octets.SP);
    int reasonStart = head.statusStart + 3;
    out.writeBytes(head.octets, head.statusStart, 3);
    if (head.octets[reasonStart] == Octets.CR) {
      out.writeByte(Octets.SP);
    }
    out.writeBytes(head.octets, reasonStart, head.fieldsStart - reasonStart);
    edits.writeFields(head, out);
    return out;
  }

  private static int size(Head head, int start, FieldEdits edits) {
    int end = head.count() == 0 ? head.fieldsStart : head.lineEnd(head.count() - 1);
    return end - start + VERSION_AND_CRLF.length + 1 + edits.addedBytes();
  }
}
