package io.harborgateway.testkit;

import io.harborgateway.testkit.HttpHead.Field;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an {@link Origin} answers to one request. Mutable while it is put together. */
public final class Answer {
  /** A body: its length, and what writes it. */
  private record Body(long length, Writer writer) {}

  @FunctionalInterface
  private interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  private enum Framing {
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private final int status;
  private final List<Field> fields = new ArrayList<>();
  private final List<Field> trailers = new ArrayList<>();
  private final StringBuilder interim = new StringBuilder();
  private Body body = new Body(0, out -> {});
  private Framing framing = Framing.LENGTH;
  private boolean closes;
  private @Nullable Behaviour tunnel;

  private Answer(int status) {
    this.status = status;
  }

  /** An answer without body, with its length of 0. */
  public static Answer of(int status) {
    return new Answer(status);
  }

  /** Adds a field. */
  public Answer field(String name, String value) {
    fields.add(new Field(name, value));
    return this;
  }

  /** The body, as UTF-8. */
  public Answer text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    body = new Body(bytes.length, out -> out.write(bytes));
    return this;
  }

  /** The body. */
  public Answer payload(Payload payload) {
    body = new Body(payload.length(), payload::writeTo);
    return this;
  }

  /** The body goes out chunked. */
  public Answer chunked() {
    framing = Framing.CHUNKED;
    return this;
  }

  /** The body goes out chunked, with this trailer field. */
  public Answer trailer(String name, String value) {
    trailers.add(new Field(name, value));
    return chunked();
  }

  /** The body lasts until the origin closes. */
  public Answer untilClose() {
    framing = Framing.UNTIL_CLOSE;
    return thenClose();
  }

  /** The origin closes after this answer, whatever its fields say. */
  public Answer thenClose() {
    closes = true;
    return this;
  }

  /** An interim response (1xx) before this answer. */
  public Answer interim(int interimStatus, Field... interimFields) {
    interim.append(head(interimStatus, List.of(interimFields)));
    return this;
  }

  /** A switch of protocols (101): from here on the connection is the behaviour's. */
  public static Answer tunnel(String protocol, Behaviour behaviour) {
    var answer = of(101).field("Connection", "Upgrade").field("Upgrade", protocol);
    answer.tunnel = behaviour;
    return answer;
  }

  @Nullable Behaviour tunnel() {
    return tunnel;
  }

  boolean closes() {
    return closes;
  }

  void writeTo(OutputStream out, String method) throws IOException {
    boolean hasBody = status >= 200 && status != 204 && status != 304;
    var all = new ArrayList<>(fields);
    if (hasBody && framing == Framing.LENGTH) {
      all.add(new Field("Content-Length", Long.toString(body.length)));
    } else if (hasBody && framing == Framing.CHUNKED) {
      all.add(new Field("Transfer-Encoding", "chunked"));
    }
    out.write((interim + head(status, all)).getBytes(StandardCharsets.ISO_8859_1));
    if (hasBody && !method.equals("HEAD")) {
      writeBody(out);
    }
    out.flush();
  }

  private void writeBody(OutputStream out) throws IOException {
    if (framing != Framing.CHUNKED) {
      body.writer.writeTo(out);
      return;
    }
    body.writer.writeTo(new ChunkedOutputStream(out));
    out.write(("0\r\n" + lines(trailers) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String head(int status, List<Field> fields) {
    return "HTTP/1.1 " + status + " Reason\r\n" + lines(fields) + "\r\n";
  }

  private static String lines(List<Field> fields) {
    var lines = new StringBuilder();
    fields.forEach(field -> lines.append(field).append("\r\n"));
    return lines.toString();
  }
}
