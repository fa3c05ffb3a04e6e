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
 * Reads the requests of one connection: owns what was received and not parsed yet, hands a head and
 * the pieces of its body to the {@link Http1FrontStream}, and keeps the only state that says what
 * the next octet belongs to. Pipelined requests wait, unread, for their turn.
 *
 * <p>Confined to the connection's event loop.
 */
final class Http1Requests {
  /** What the next octet belongs to. */
  enum State {
    /** The first of a head. */
    IDLE,
    /** That, too; but earlier responses are not taken, and another one would only add to them. */
    HELD_BACK,
    /** That, too; but it is the turn of other connections. */
    YIELDED,
    /** A head that has begun. */
    HEAD,
    /** A body that the exchange takes. */
    BODY,
    /** The next request: this one is complete, and its response is not. */
    COMPLETE,
    /** The rest of a body that nobody wants: its response is complete. */
    DISCARDING,
    /** Nothing: there are no more requests. */
    CLOSED;

    /** Whether no request has begun. */
    boolean isBetweenRequests() {
      return this == IDLE || this == HELD_BACK || this == YIELDED;
    }
  }

  /** Of the rest of a body that nobody wants so much is received to keep the connection. */
  static final int MAX_DISCARDED_BYTES = 256 << 10;

  /** Requests answered here in one go, of those that were received together. */
  private static final int MAX_ANSWERED_IN_TURN = 8;

  private final Http1Front front;
  private final Http1FrontStream stream;
  private final EventLoop loop;
  private final RequestHeadParser parser;
  private final BodyReader body = new BodyReader();
  private @Nullable ByteBuf received; // what is not parsed yet
  private State state = State.IDLE;
  private boolean parsing;
  private int answeredInTurn;
  private long bodyLength;
  private boolean bodyMayStayAway; // it waits for a 100
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

  /** The only place where the state changes. A connection that is closed stays so. */
  private void enter(State next) {
    assert loop.inEventLoop();
    if (state != State.CLOSED) {
      state = next;
    }
  }

  // ---- what is received

  /** Takes what was received, which then belongs to this. */
  void receive(ByteBuf data, ByteBufAllocator allocator) {
    received = Received.join(received, data, allocator);
    parse();
  }

  /** Parses on, unless that is being done: then the loop goes on by itself. */
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
      parser.begins(received); // an empty line behind a body hides no client's end
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
      return false; // empty lines: the connection is as idle as it was
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

  /** A head was parsed; what follows it is a body of this length. */
  void beginBody(RequestHead head, long length) {
    bodyLength = length;
    body.begin(length, true, head);
    bodyMayStayAway = length != BodyLength.NONE && head.indexOf(Field.EXPECT, 0) >= 0;
  }

  /** An exchange has begun: hands it what there is of the body. */
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

  /** A value of {@link BodyLength}: of the request whose head was parsed last. */
  long bodyLength() {
    return bodyLength;
  }

  boolean isBodyDone() {
    return body.isDone();
  }

  /**
   * Returns whether the connection can go on behind the response. A client that was told to wait
   * for a 100, and gets a final response, need not send its body: what comes next could be either.
   */
  boolean canSkipRest() {
    return !bodyMayStayAway && body.mayEndWithin(MAX_DISCARDED_BYTES);
  }

  /** The client was told to go on with its body. */
  void continued() {
    bodyMayStayAway = false;
  }

  // ---- from one request to the next

  /** A request was answered without an exchange. */
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

  /** The turn of other connections is over. */
  void endTurn() {
    if (state == State.YIELDED) {
      enter(State.IDLE);
    }
  }

  /** The client takes earlier responses again; returns whether a request may have waited for it. */
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

  /** What was received and is not parsed yet, or null; it stays this one's. */
  @Nullable ByteBuf unparsed() {
    return received;
  }

  /** Returns what is not parsed, which the caller then owns, or null. */
  @Nullable ByteBuf takeUnparsed() {
    return received == null || !received.isReadable()
        ? null
        : received.readRetainedSlice(received.readableBytes());
  }

  /** Number of bytes, about, that wait here. */
  int heldBytes() {
    return received == null ? 0 : received.capacity();
  }

  /** Releases all that is kept. */
  void dispose() {
    body.release();
    if (received != null) {
      received.release();
      received = null;
    }
  }
}
