package io.harborgateway.http;

import io.harborgateway.http.h1.BodyReader;
import io.harborgateway.http.h1.Received;
import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.Field;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.RequestHeadParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one connection: owns received bytes that are not parsed yet, passes a head
 * and the pieces of its body to the {@link Http1FrontStream}, and holds the only state that says
 * what the next byte belongs to. Pipelined requests wait for their turn, unparsed.
 *
 * <p>Confined to the connection's event loop.
 */
final class Http1Requests {
  /** What the next byte belongs to. */
  enum State {
    /** The start of a head. */
    IDLE,
    /**
     * Also the start of a head; but the client does not read earlier responses, and another one
     * would only add to them.
     */
    HELD_BACK,
    /** Also the start of a head; but it is other connections' turn. */
    YIELDED,
    /** A head that has begun. */
    HEAD,
    /** A body for the exchange. */
    BODY,
    /** The next request: this one is complete, but its response is not. */
    COMPLETE,
    /** The rest of a body to discard: its response is complete. */
    DISCARDING,
    /** Nothing: there are no more requests. */
    CLOSED;

    /** Whether no request has begun. */
    boolean isBetweenRequests() {
      return this == IDLE || this == HELD_BACK || this == YIELDED;
    }
  }

  /** Most bytes of an unwanted body that are discarded to keep the connection. */
  static final int MAX_DISCARDED_BYTES = 256 << 10;

  /** Most requests answered here in one turn, of those received together. */
  private static final int MAX_ANSWERED_IN_TURN = 8;

  private final Http1Front front;
  private final Http1FrontStream stream;
  private final EventLoop loop;
  private final RequestHeadParser parser;
  private final BodyReader body = new BodyReader();
  private @Nullable ByteBuf received; // not parsed yet
  private State state = State.IDLE;
  private boolean parsing;
  private int answeredInTurn;
  private long bodyLength;
  private boolean bodyMayStayAway; // the client waits for a 100
  private int discardedBytes;

  Http1Requests(Http1Front front, Http1FrontStream stream, FrontConnection connection) {
    this.front = front;
    this.stream = stream;
    this.loop = connection.channel().eventLoop();
    this.parser =
        new RequestHeadParser(connection.loop().requestHead, connection.settings().heads());
  }

  State state() {
    return state;
  }

  /** The only place where the state changes. A closed connection stays closed. */
  private void enter(State next) {
    assert loop.inEventLoop();
    if (state != State.CLOSED) {
      state = next;
    }
  }

  // ---- what is received

  /** Accepts received bytes and takes ownership of them. */
  void receive(ByteBuf data, ByteBufAllocator allocator) {
    received = Received.join(received, data, allocator);
    parse();
  }

  /** Continues parsing, unless the loop is already running: then it continues by itself. */
  void parse() {
    if (parsing || state == State.YIELDED) {
      return;
    }
    parsing = true;
    answeredInTurn = 0;
    try {
      while (received != null && parseSome(received)) {
        // parseSome did the work
      }
    } finally {
      parsing = false;
    }
    if (received != null && state == State.COMPLETE) {
      parser.begins(received); // an empty line after a body must not hide the client's close
    }
    if (received != null && !received.isReadable()) {
      received.release();
      received = null;
    }
  }

  /** Returns whether there may be more to parse. */
  private boolean parseSome(ByteBuf in) {
    return switch (state) {
      case IDLE, HELD_BACK -> parseBetweenRequests(in);
      case HEAD -> parseHead(in, false);
      case BODY -> {
        parseBody(in);
        yield state == State.IDLE || state == State.DISCARDING;
      }
      case DISCARDING -> {
        discard(in);
        yield state == State.IDLE;
      }
      case YIELDED, COMPLETE, CLOSED -> false;
    };
  }

  private boolean parseBetweenRequests(ByteBuf in) {
    if (!in.isReadable()) {
      return false;
    }
    if (answeredInTurn == MAX_ANSWERED_IN_TURN) {
      enter(State.YIELDED);
      front.yieldTurn();
      return false;
    }
    if (!front.takesRequests()) {
      enter(State.HELD_BACK);
      front.heldBack();
      return false;
    }
    if (!parser.begins(in)) {
      return false; // only empty lines: the connection is still idle
    }
    enter(State.HEAD);
    stream.headBegins();
    return parseHead(in, true);
  }

  private boolean parseHead(ByteBuf in, boolean justBegun) {
    switch (parser.parse(in)) {
      case NEED_MORE -> {
        if (justBegun) {
          front.headIsIncomplete();
        }
      }
      case FAILED -> stream.refuseUnparsed(parser.failure(), in);
      case DONE -> stream.request(parser.head(), in);
    }
    return state == State.DISCARDING || (state == State.IDLE && in.isReadable());
  }

  // ---- the body

  /** A head has been parsed, which is followed by a body of this length. */
  void beginBody(RequestHead head, long length) {
    bodyLength = length;
    body.begin(length, true, head);
    bodyMayStayAway = length != BodyLength.NONE && head.indexOf(Field.EXPECT, 0) >= 0;
  }

  /** An exchange has begun: passes it the bytes of the body received so far. */
  void pass(ByteBuf in) {
    enter(State.BODY);
    parseBody(in);
  }

  private void parseBody(ByteBuf in) {
    Exchange exchange = Objects.requireNonNull(stream.exchange());
    for (ByteBuf data = body.next(in); data != null; data = body.next(in)) {
      bodyMayStayAway = false;
      exchange.requestBody(data);
    }
    Failure failure = body.failure();
    if (failure != null) {
      exchange.fail(failure);
    } else if (body.isDone() && state == State.BODY) {
      enter(State.COMPLETE);
      exchange.requestEnd();
    }
  }

  private void discard(ByteBuf in) {
    for (ByteBuf data = body.next(in); data != null; data = body.next(in)) {
      discardedBytes += data.readableBytes();
      data.release();
    }
    boolean failed = body.failure() != null || discardedBytes > MAX_DISCARDED_BYTES;
    if (body.isDone() || failed) {
      stream.discarded(body.isDone() && body.failure() == null);
    }
  }

  /** The body length of the last parsed request: a value of {@link BodyLength}. */
  long bodyLength() {
    return bodyLength;
  }

  boolean isBodyDone() {
    return body.isDone();
  }

  /**
   * Returns whether the connection can persist after the response. A client that waits for a 100
   * but gets a final response need not send its body: what comes next could be either that or a new
   * request.
   */
  boolean canSkipRest() {
    return !bodyMayStayAway && body.mayEndWithin(MAX_DISCARDED_BYTES);
  }

  /** The client has been told to continue with its body. */
  void continued() {
    bodyMayStayAway = false;
  }

  // ---- from one request to the next

  /** A request has been answered without an exchange. */
  void answered() {
    answeredInTurn++;
  }

  /** Both the request and its response are complete. */
  void next() {
    enter(State.IDLE);
  }

  /** The response is complete, the request is not. */
  void discardRest() {
    enter(State.DISCARDING);
    discardedBytes = 0;
  }

  /** The other connections' turn is over. */
  void endTurn() {
    if (state == State.YIELDED) {
      enter(State.IDLE);
    }
  }

  /**
   * The client reads earlier responses again; returns whether a request may have been waiting for
   * that.
   */
  boolean release() {
    boolean wasHeldBack = state == State.HELD_BACK;
    if (wasHeldBack) {
      enter(State.IDLE);
    }
    return wasHeldBack;
  }

  void close() {
    enter(State.CLOSED);
  }

  // ---- what is not parsed

  boolean isParsing() {
    return parsing;
  }

  /** The received bytes not parsed yet, or null; still owned by this object. */
  @Nullable ByteBuf unparsed() {
    return received;
  }

  /** Returns the bytes not parsed yet, handing ownership to the caller, or null. */
  @Nullable ByteBuf takeUnparsed() {
    return received == null || !received.isReadable()
        ? null
        : received.readRetainedSlice(received.readableBytes());
  }

  /** Approximate number of bytes waiting here. */
  int heldBytes() {
    return received == null ? 0 : received.capacity();
  }

  /** Releases all buffers. */
  void dispose() {
    body.release();
    if (received != null) {
      received.release();
      received = null;
    }
  }
}
