package io.harborgateway.http;

import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.Head;
import io.harborgateway.http.head.HeadLimits;
import io.harborgateway.http.head.HeadParser;
import io.harborgateway.http.head.HeadWriter;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.RequestHeadParser;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.http.head.ResponseHeadParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** Between texts in ISO-8859-1 and what the parsers and writers of this package work on. */
public final class Wire {
  private static final HeadLimits LIMITS = new HeadLimits(64 << 10, 16 << 10, 1000);

  private Wire() {}

  /** A heap buffer with these octets, which need not be released. */
  public static ByteBuf buffer(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The head of a request that must be well-formed. */
  public static RequestHead request(String text) {
    return parsed(new RequestHeadParser(new RequestHead(), LIMITS), text);
  }

  /** The head of a response that must be well-formed. */
  public static ResponseHead response(String text) {
    return parsed(new ResponseHeadParser(new ResponseHead(), LIMITS), text);
  }

  private static <H extends Head> H parsed(HeadParser<H> parser, String text) {
    if (parser.parse(buffer(text)) != HeadParser.Result.DONE) {
      throw new AssertionError("not a whole head: " + text);
    }
    return parser.head();
  }

  /** The head as it goes upstream. */
  public static String written(RequestHead head, FieldEdits edits) {
    return taken(HeadWriter.request(head, edits, UnpooledByteBufAllocator.DEFAULT));
  }

  /** The head as it goes to the client. */
  public static String written(ResponseHead head, FieldEdits edits) {
    return taken(HeadWriter.response(head, edits, UnpooledByteBufAllocator.DEFAULT));
  }

  /** What the buffer holds; releases it. */
  public static String taken(ByteBuf buffer) {
    try {
      return buffer.toString(StandardCharsets.ISO_8859_1);
    } finally {
      buffer.release();
    }
  }
}
