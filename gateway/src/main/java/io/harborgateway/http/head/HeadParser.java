package io.harborgateway.http.head;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Parses heads strictly by RFC 9112 sections 2 to 5. {@link #parse} is called with everything of
 * the head received so far; it searches for the end of the head from where it left off, and parses
 * the head once when it is complete.
 *
 * <p>The work is linear in the bytes, however they are split: the end of a line is searched for
 * only once, and a head beyond a limit is rejected without waiting for its end.
 *
 * <p>Lines end with CRLF. A bare CR or LF, obs-fold, white space before a colon, an empty or
 * illegal name, and control characters are rejected. The subclasses parse the start line. Confined
 * to one event loop.
 */
public abstract sealed class HeadParser<H extends Head>
    permits RequestHeadParser, ResponseHeadParser {
  /** The result of parsing the bytes so far. */
  public enum Result {
    NEED_MORE,
    DONE,
    FAILED
  }

  public final H head;
  private HeadLimits limits;
  private int lines; // number in the head so far, including the start line
  private int lineStart; // of the incomplete line, relative to the head's start
  private int scanned; // end of the part already searched, relative to the head's start
  private @Nullable Failure failure;

  /**
   * @param head the event loop's view, which this fills
   */
  HeadParser(H head, HeadLimits limits) {
    this.head = head;
    this.limits = limits;
  }

  public final H head() {
    return head;
  }

  /** Sets the limits from the next head on. */
  public final void limit(HeadLimits next) {
    limits = next;
  }

  /** Limit of a head's size, in bytes. */
  public final int maxHeadBytes() {
    return limits.headBytes();
  }

  /** Returns why the result was {@link Result#FAILED}. */
  public final Failure failure() {
    return failure == null ? Failure.INTERNAL : failure;
  }

  /**
   * Parses {@code in} from its reader index on. The index moves past the head when it is done, and
   * otherwise stays. Between two calls the bytes may move to another buffer, as long as the reader
   * index is at the start of the head. After {@link Result#DONE} the next call begins a new head;
   * after {@link Result#FAILED} there must be no further call.
   */
  public final Result parse(ByteBuf in) {
    if (scanned == 0) {
      if (!begins(in)) {
        return Result.NEED_MORE;
      }
      if (!mayBegin(in.getByte(in.readerIndex()))) {
        return fail(malformedStartLine());
      }
    }
    int start = in.readerIndex();
    while (true) {
      int lf = in.indexOf(start + scanned, in.writerIndex(), Octets.LF);
      if (lf < 0) {
        scanned = in.readableBytes();
        return scanned > limits.headBytes() ? fail(tooLarge(lineStart == 0)) : Result.NEED_MORE;
      }
      if (lf - start >= limits.headBytes()) {
        return fail(tooLarge(lineStart == 0));
      }
      if (lf == start || in.getByte(lf - 1) != Octets.CR) {
        return fail(lineStart == 0 ? malformedStartLine() : Failure.BAD_FIELD);
      }
      if (lf - 1 == start + lineStart) {
        return parseWhole(in, start, lf + 1);
      }
      if (++lines > limits.fields() + 1) {
        return fail(tooManyFields());
      }
      lineStart = lf + 1 - start;
      scanned = lineStart;
    }
  }

  private Result parseWhole(ByteBuf in, int start, int end) {
    lines = 0;
    lineStart = 0;
    scanned = 0;
    head.reset(in, start, end - start);
    Failure problem = parseStartLine(head.octets);
    if (problem == null) {
      problem = parseFields(head.octets, head.fieldsStart, end - start - 2, head);
    }
    if (problem == null && !head.connection.read(head)) {
      problem = tooManyFields();
    }
    if (problem != null) {
      return fail(problem);
    }
    in.readerIndex(end);
    return Result.DONE;
  }

  private Result fail(Failure problem) {
    failure = problem;
    return Result.FAILED;
  }

  /**
   * Parses field lines up to {@code end}, where there is an empty line. Trailers are parsed by the
   * same rules, with no head to add them to.
   */
  static @Nullable Failure parseFields(byte[] in, int position, int end, @Nullable Head head) {
    int at = position;
    while (at < end) {
      int nameStart = at;
      while (Octets.isToken(in[at])) {
        at++;
      }
      int nameEnd = at;
      if (nameEnd == nameStart || in[nameEnd] != ':') {
        return Failure.BAD_FIELD;
      }
      at++;
      while (Octets.isBlank(in[at])) {
        at++;
      }
      int valueStart = at;
      int valueEnd = at;
      byte octet = in[at];
      while (Octets.isFieldValue(octet)) {
        at++;
        if (!Octets.isBlank(octet)) {
          valueEnd = at;
        }
        octet = in[at];
      }
      if (octet != Octets.CR || in[at + 1] != Octets.LF) {
        return Failure.BAD_FIELD;
      }
      at += 2;
      if (head != null) {
        head.add(nameStart, nameEnd, valueStart, valueEnd, at);
      }
    }
    return null;
  }

  /** Returns whether a head has begun in {@code in}; may skip bytes that are not part of one. */
  boolean begins(ByteBuf in) {
    return in.isReadable();
  }

  /** Returns whether a head may begin with {@code octet}; TLS on a plain port is rejected here. */
  abstract boolean mayBegin(byte octet);

  /** Parses the start line at the beginning of {@code in}; sets the head's {@code fieldsStart}. */
  abstract @Nullable Failure parseStartLine(byte[] in);

  abstract Failure malformedStartLine();

  abstract Failure tooLarge(boolean withinStartLine);

  /** The failure for more field lines or Connection options than allowed. */
  abstract Failure tooManyFields();
}
