package io.harborgateway.http;

import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.HttpDate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * The gateway's own response to a {@link Failure}: OCI error JSON below {@code /v2/}, so that
 * docker and skopeo show its message, plain text elsewhere. {@link #ERROR_FIELD} has the failure's
 * code, {@link #ID_FIELD} the request's id.
 */
final class ErrorResponse {
  static final String ERROR_FIELD = "X-Harbor-Gateway-Error";
  static final String ID_FIELD = "X-Request-Id";

  /** Retry-After of a 503: whatever is missing may be back soon. */
  static final int RETRY_AFTER_SECONDS = 5;

  private ErrorResponse() {}

  /**
   * Returns the whole response, which the caller releases.
   *
   * @param requestId of token characters
   * @param date current value of {@link HttpDate}
   */
  static ByteBuf of(
      Failure failure,
      RequestRecord facts,
      String requestId,
      String date,
      boolean close,
      ByteBufAllocator allocator) {
    String body = facts.toRegistryApi ? json(failure, requestId) : failure.reason() + "\n";
    String type = facts.toRegistryApi ? "application/json" : "text/plain; charset=utf-8";
    String head =
        "HTTP/1.1 "
            + failure.status()
            + ' '
            + HttpResponseStatus.valueOf(failure.status()).reasonPhrase()
            + "\r\nDate: "
            + date
            + "\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.length()
            + "\r\nCache-Control: no-store\r\n"
            + ERROR_FIELD
            + ": "
            + failure.code()
            + "\r\n"
            + ID_FIELD
            + ": "
            + requestId
            + (failure == Failure.METHOD_NOT_ALLOWED ? OptionsResponse.ALLOW : "")
            + (failure.status() == 503 ? "\r\nRetry-After: " + RETRY_AFTER_SECONDS : "")
            + facts.connectionField(close)
            + "\r\n\r\n";
    return ByteBufUtil.writeAscii(allocator, facts.toHead ? head : head + body);
  }

  /**
   * The error format of the OCI distribution specification; all texts in it are ASCII constants.
   */
  private static String json(Failure failure, String requestId) {
    String code =
        failure.status() >= 500
            ? "UNAVAILABLE"
            : failure.status() == 404 || failure.status() == 421 ? "NAME_UNKNOWN" : "UNSUPPORTED";
    return "{\"errors\":[{\"code\":\""
        + code
        + "\",\"message\":\""
        + failure.reason()
        + "\",\"detail\":{\"cause\":\""
        + failure.code()
        + "\",\"request_id\":\""
        + requestId
        + "\"}}]}\n";
  }
}
