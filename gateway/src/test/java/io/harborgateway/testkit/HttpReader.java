package io.harborgateway.testkit;

import io.harborgateway.testkit.HttpHead.Field;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.1 messages off a stream, strictly: whatever is not well-formed is a failure. */
public final class HttpReader {
  private final InputStream in;

  /** Reads from a stream that should be buffered: heads are read byte for byte. */
  public HttpReader(InputStream in) {
    this.in = in;
  }

  /** The next head, or null when the stream ends before its first byte. */
  public @Nullable HttpHead readHead() throws IOException {
    String startLine = readLine(true);
    return startLine == null ? null : new HttpHead(startLine, readFields());
  }

  /** The body of the request whose head was read last: by length, chunked, or none. */
  public HttpBody readRequestBody(HttpHead head) throws IOException {
    var receiver = new HttpBody.Receiver();
    return isFramed(head) ? readFramed(head, receiver) : receiver.body(List.of());
  }

  /**
   * The body of the response whose head was read last; without framing it lasts until the stream
   * ends.
   *
   * @param method of the request: a response to HEAD has no body
   */
  public HttpBody readResponseBody(HttpHead head, String method) throws IOException {
    int status = HttpResponse.status(head);
    var receiver = new HttpBody.Receiver();
    if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
      return receiver.body(List.of());
    }
    if (isFramed(head)) {
      return readFramed(head, receiver);
    }
    in.transferTo(receiver);
    return receiver.body(List.of());
  }

  private static boolean isFramed(HttpHead head) {
    return head.field("Transfer-Encoding").isPresent() || head.field("Content-Length").isPresent();
  }

  private HttpBody readFramed(HttpHead head, HttpBody.Receiver receiver) throws IOException {
    List<String> encodings = head.values("Transfer-Encoding");
    List<String> lengths = head.values("Content-Length");
    if (encodings.isEmpty() && lengths.size() == 1) {
      copy(Long.parseLong(lengths.getFirst()), receiver);
      return receiver.body(List.of());
    }
    if (lengths.isEmpty() && encodings.equals(List.of("chunked"))) {
      return readChunked(receiver);
    }
    throw new AssertionError(
        "Transfer-Encoding: " + encodings + ", Content-Length: " + lengths + " (expected: one)");
  }

  private HttpBody readChunked(HttpBody.Receiver receiver) throws IOException {
    while (true) {
      long size = Long.parseLong(requireLine().split(";", 2)[0].strip(), 16);
      if (size == 0) {
        return receiver.body(readFields());
      }
      copy(size, receiver);
      String end = requireLine();
      if (!end.isEmpty()) {
        throw new AssertionError("after a chunk: \"" + end + "\" (expected: the end of the line)");
      }
    }
  }

  private void copy(long length, HttpBody.Receiver receiver) throws IOException {
    byte[] buffer = new byte[64 << 10];
    for (long left = length; left > 0; ) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw new EOFException("body ended " + left + " bytes before its length of " + length);
      }
      receiver.write(buffer, 0, count);
      left -= count;
    }
  }

  private List<Field> readFields() throws IOException {
    var fields = new ArrayList<Field>();
    for (String line = requireLine(); !line.isEmpty(); line = requireLine()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new AssertionError("field: \"" + line + "\" (expected: NAME: VALUE)");
      }
      fields.add(new Field(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return List.copyOf(fields);
  }

  private String requireLine() throws IOException {
    String line = readLine(false);
    if (line == null) {
      throw new EOFException("ended inside of a head, or between chunks");
    }
    return line;
  }

  private @Nullable String readLine(boolean mayEnd) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        if (mayEnd && line.size() == 0) {
          return null;
        }
        throw new EOFException("ended inside of a line: \"" + line + "\"");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r")) {
      throw new AssertionError("line: \"" + text + "\" (expected: CR before its LF)");
    }
    return text.substring(0, text.length() - 1);
  }
}
