package io.harborgateway.http;

import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.FramingFields;
import io.harborgateway.http.head.HeadWriter;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.http.head.ResponseRules;
import io.harborgateway.http.head.Via;
import io.harborgateway.transport.Closing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes the responses of one connection, both upstreams' and the gateway's own, and holds the only
 * state that says whether the connection persists after the current one.
 *
 * <p>Confined to the connection's event loop.
 */
final class Http1Responses {
  /** What happens to the connection after the response. Only ever moves towards closing. */
  enum Persistence {
    /** It stays open for the next request. */
    KEPT,
    /** It is closed. */
    CLOSED,
    /** It is closed, which is the only mark of the body's end. */
    CLOSE_ENDS_BODY
  }

  private final ChannelHandlerContext context;
  private final HttpService.Loop loop;
  private final @Nullable Via via;
  private Persistence persistence = Persistence.KEPT;
  private int minorVersion = 1; // of the request

  Http1Responses(FrontConnection connection) {
    context = connection.context();
    loop = connection.loop();
    via = connection.terms().via;
  }

  /** The only place where this state changes. */
  private void become(Persistence next) {
    assert context.executor().inEventLoop();
    if (next.compareTo(persistence) > 0) {
      persistence = next;
    }
  }

  /** Begins the response to a request. */
  void begin(RequestHead request) {
    assert context.executor().inEventLoop();
    minorVersion = request.minorVersion;
    keepIf(request.keepsAlive());
  }

  /** Closes the connection after the current response unless {@code condition} holds. */
  void keepIf(boolean condition) {
    if (!condition) {
      become(Persistence.CLOSED);
    }
  }

  boolean isKept() {
    return persistence == Persistence.KEPT;
  }

  /** Whether a body can be sent chunked: not in HTTP/1.0. */
  boolean takesChunks() {
    return minorVersion == 1;
  }

  // ---- of an upstream

  /** Writes a 1xx response other than 101, except to HTTP/1.0, which has none. */
  void informational(ResponseHead head) {
    if (minorVersion == 1) {
      FieldEdits edits = loop.edits;
      ResponseRules.edit(head, edits);
      context.writeAndFlush(HeadWriter.response(head, edits, context.alloc()));
    }
  }

  /**
   * Writes the head of a final response.
   *
   * @param bodyLength a value of {@link BodyLength}
   */
  void head(ResponseHead head, long bodyLength) {
    FieldEdits edits = loop.edits;
    ResponseRules.edit(head, edits);
    if (bodyLength == BodyLength.UNTIL_CLOSE
        || (bodyLength == BodyLength.CHUNKED && !takesChunks())) {
      Closing.resetUntilAllowed(context.channel());
      become(Persistence.CLOSE_ENDS_BODY);
    }
    if (!takesChunks()) { // no transfer coding, not even in a response to HEAD
      ResponseRules.dropTransferEncoding(head, edits);
    }
    FramingFields.edit(head, edits);
    ResponseRules.addDate(head, loop.date, edits);
    if (via != null) {
      via.add(head, edits);
    }
    ResponseRules.addConnection(head, isKept(), minorVersion, edits);
    context.write(HeadWriter.response(head, edits, context.alloc()), context.voidPromise());
  }

  /** Writes a piece of the body, handing its ownership to the channel. */
  void body(ByteBuf data) {
    context.write(data, context.voidPromise());
  }

  /** The body is complete. */
  void end() {
    context.flush();
    if (persistence == Persistence.CLOSE_ENDS_BODY) {
      Closing.allowOrderly(context.channel());
    }
  }

  /** Writes the head of an accepted upgrade. */
  void upgrade(ResponseHead head) {
    FieldEdits edits = loop.edits;
    ResponseRules.edit(head, edits);
    ResponseRules.addUpgrade(head, edits);
    context.writeAndFlush(HeadWriter.response(head, edits, context.alloc()));
  }

  // ---- of the gateway itself

  /** Writes the gateway's own answer to OPTIONS. */
  void options(RequestRecord facts) {
    context.writeAndFlush(OptionsResponse.of(facts, loop.date.now(), !isKept(), context.alloc()));
  }

  /** Writes one of the {@link ChallengeFiles}. */
  void challenge(String content, RequestRecord facts) {
    context.writeAndFlush(
        ChallengeResponse.of(content, facts, loop.date.now(), !isKept(), context.alloc()));
  }

  /** Writes the response for a failure. */
  void error(Failure failure, RequestRecord facts) {
    String id = facts.requestId != null ? facts.requestId : loop.nextRequestId();
    context.writeAndFlush(
        ErrorResponse.of(failure, facts, id, loop.date.now(), !isKept(), context.alloc()));
  }
}
