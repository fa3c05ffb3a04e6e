package io.harborgateway.testkit;

import io.harborgateway.testkit.HttpHead.Field;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A request as a client sends it to a {@link Gorouter}.
 *
 * @param host of the route, with or without a port
 * @param target path and query
 * @param fields without Host and framing, which follow from the rest
 */
public record RouterRequest(
    String method, String host, String target, List<Field> fields, Body body) {
  /** Selects the endpoint of {@code <app>:<index>}; gorouter takes it off. */
  static final String APP_INSTANCE = "X-CF-APP-INSTANCE";

  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
  private static final Set<String> METHODS_WITH_BODY = Set.of("POST", "PUT", "PATCH");

  public RouterRequest {
    fields = List.copyOf(fields);
  }

  /** Writes a body; what it writes goes out when it flushes, or in pieces of 4 KiB. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * A body. It is written once at most: gorouter gets it from its client, and cannot get it again.
   *
   * @param length in bytes, 0: none, -1: not known, it is sent chunked
   */
  public record Body(long length, Writer writer) {
    static final Body NONE = new Body(0, out -> {});

    void writeTo(OutputStream out) throws IOException {
      if (length >= 0) {
        writer.writeTo(out);
      } else {
        writer.writeTo(new ChunkedOutputStream(out));
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      }
    }
  }

  /** A request without body. */
  public static RouterRequest of(String method, String host, String target) {
    return new RouterRequest(method, host, target, List.of(), Body.NONE);
  }

  /** A GET. */
  public static RouterRequest get(String host, String target) {
    return of("GET", host, target);
  }

  /** A POST of these bytes. */
  public static RouterRequest post(String host, String target, byte[] body) {
    return of("POST", host, target).body(new Body(body.length, out -> out.write(body)));
  }

  /** The same with another field. */
  public RouterRequest field(String name, String value) {
    var more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new RouterRequest(method, host, target, more, body);
  }

  /** The same with this body. */
  public RouterRequest body(Body other) {
    return new RouterRequest(method, host, target, fields, other);
  }

  /** The same with a body of unknown length, which goes out chunked as it is made. */
  public RouterRequest chunked(Writer writer) {
    return body(new Body(-1, writer));
  }

  /** What net/http calls replayable: it may be sent again although it may have been served. */
  boolean isReplayable() {
    return body.length() == 0
        && (SAFE_METHODS.contains(method)
            || !value("Idempotency-Key").isEmpty()
            || !value("X-Idempotency-Key").isEmpty());
  }

  /** The value of the first field of this name, whatever its case; empty if there is none. */
  String value(String name) {
    return new HttpHead("", fields).field(name).orElse("");
  }

  /** The head as gorouter sends it to this endpoint, with the fields that it adds. */
  String head(RouterEndpoint endpoint) {
    var head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n");
    for (Field field : fields) {
      if (!field.name().equalsIgnoreCase(APP_INSTANCE)
          && !field.name().equalsIgnoreCase("X-Forwarded-For")) {
        append(head, field.name(), field.value());
      }
    }
    String forwarded = value("X-Forwarded-For");
    append(head, "X-Forwarded-For", forwarded + (forwarded.isEmpty() ? "" : ", ") + "127.0.0.1");
    if (value("X-Forwarded-Proto").isEmpty()) {
      append(head, "X-Forwarded-Proto", "https");
    }
    append(head, "X-Request-Start", Long.toString(System.currentTimeMillis()));
    append(head, "X-Vcap-Request-Id", UUID.randomUUID().toString());
    append(head, "X-CF-ApplicationID", endpoint.app());
    append(head, "X-CF-InstanceIndex", endpoint.privateInstanceIndex());
    String instance = endpoint.privateInstanceId();
    append(head, "X-CF-InstanceID", instance.isEmpty() ? endpoint.address() : instance);
    if (body.length() > 0 || (body.length() == 0 && METHODS_WITH_BODY.contains(method))) {
      append(head, "Content-Length", Long.toString(body.length()));
    } else if (body.length() < 0) {
      append(head, "Transfer-Encoding", "chunked");
    }
    return head.append("\r\n").toString();
  }

  private static void append(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  @Override
  public String toString() {
    return method + " " + host + target;
  }
}
