package io.harborgateway.http;

import io.harborgateway.http.h1.BodyReader;
import io.harborgateway.http.h1.Received;
import io.harborgateway.http.head.Client;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.Field;
import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.Framing;
import io.harborgateway.http.head.FramingFields;
import io.harborgateway.http.head.HeadWriter;
import io.harborgateway.http.head.MaxForwards;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.RequestHeadParser;
import io.harborgateway.http.head.RequestRules;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.http.head.ResponseRules;
import io.harborgateway.http.head.Via;
import io.harborgateway.relay.Relay;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Closing;
import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.LingeringClose;
import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.transport.MemoryHolder;
import io.harborgateway.transport.WriteProgress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.internal.OutOfDirectMemoryError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that speaks HTTP/1.1: parses one request after the other, runs an {@link
 * Exchange} for each, and writes its response. Pipelined requests wait, unread, for their turn.
 *
 * <p>Receives ByteBufs, which it owns and releases; emits nothing; the last handler of its
 * pipeline. Reads while it wants a head, while the upstream takes the body, and once while it waits
 * for a response, to see the client go. While the client does not take what was written, no request
 * is read, parsed, begun or refused. A malformed request is answered by the table of failures and
 * ends the connection. Confined to its event loop.
 */
final class Http1Front extends ChannelInboundHandlerAdapter implements Front, MemoryHolder {
  static final String NAME = "http1-front";

  /** Of the rest of a body that nobody wants so much is received to keep the connection. */
  static final int MAX_DISCARDED_BYTES = 256 << 10;

  /** The time for it: a sender that goes on at all needs a part of it. */
  static final Duration DISCARD_TIME = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(Http1Front.class);

  /** Requests answered here in one go, of those that were received together. */
  private static final int MAX_ANSWERED_IN_TURN = 8;

  private enum Phase {
    /** Idle, or within a head. */
    HEAD,
    /** Within a body. */
    BODY,
    /** The request is complete, its response is not. */
    RESPONSE,
    /** The response is complete, its request is not: the rest of that is dropped. */
    DISCARDING,
    /** No more requests. */
    CLOSING
  }

  /** What there is once the handler is in a pipeline. */
  private record Attached(
      ChannelHandlerContext context,
      HttpService.Loop loop,
      RequestHeadParser parser,
      Client client,
      Deadline deadline) {}

  private final HttpService service;
  private final Terms terms;
  private final HttpService.Settings settings;
  private final @Nullable Instance certificateOf;
  private final Framing framing = new Framing();
  private final BodyReader body = new BodyReader();
  private final WriteProgress progress = new WriteProgress();
  private @Nullable Attached attached;
  private @Nullable ByteBuf received; // what is not parsed yet
  private @Nullable Exchange exchange;
  private RequestRecord facts;
  private Phase phase = Phase.HEAD;
  private boolean parsing;
  private boolean headBegun;
  private boolean awaitsWritable; // a request that waits for the client to take earlier responses
  private boolean yielded; // what was received waits for this connection's next turn
  private int answeredInTurn;
  private boolean keepAlive;
  private boolean fresh = true; // no request was answered yet
  private boolean bodyMayStayAway; // it waits for a 100
  private int discardedBytes;
  private boolean endsByClose; // the body of the response, whose end nothing else tells

  Http1Front(HttpService service, Terms terms, @Nullable Instance certificateOf) {
    this.service = service;
    this.terms = terms;
    this.settings = terms.settings;
    this.certificateOf = certificateOf;
    this.facts = new RequestRecord(settings.listener(), "-", 0);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    HttpService.Loop loop = service.loop(ctx.channel().eventLoop());
    attached =
        new Attached(
            ctx,
            loop,
            new RequestHeadParser(loop.requestHead, settings.heads()),
            ctx.channel().remoteAddress() instanceof InetSocketAddress remote
                ? Client.of(remote.getAddress(), settings.trustedProxies())
                : Client.UNKNOWN,
            service.deadlines(ctx.channel().eventLoop()).add(this::expired));
    deadline().after(settings.idle());
    loop.fronts.add(this);
    loop.memory.added(this);
    ctx.read();
  }

  private Attached attached() {
    return Objects.requireNonNull(attached, "not in a pipeline");
  }

  private ChannelHandlerContext context() {
    return attached().context();
  }

  private Deadline deadline() {
    return attached().deadline();
  }

  private FieldEdits edits() {
    return attached().loop().edits;
  }

  @Override
  public Channel channel() {
    return context().channel();
  }

  // ---- the request

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = Buffers.fitted((ByteBuf) message);
    received = Received.join(received, data, ctx.alloc());
    parse();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.flushRequest();
    }
    readIfWanted();
  }

  private void readIfWanted() {
    boolean wanted =
        switch (phase) {
          case HEAD -> !yielded && takesRequests() && !waitsWithHead();
          case DISCARDING -> true;
          case BODY -> exchange != null && exchange.takesRequest();
          case RESPONSE -> received == null;
          case CLOSING -> false;
        };
    if (wanted) {
      context().read();
    }
  }

  /** Tells whether the client has taken what was written: as much as memory asks for. */
  private boolean takesRequests() {
    return attached().loop().memory.takesMore(channel());
  }

  private boolean waitsWithHead() {
    return received != null && attached().loop().memory.holdsBack(this, received.readableBytes());
  }

  private void parse() {
    if (parsing || yielded) {
      return; // an exchange has ended within the loop below, which goes on by itself
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
    if (received != null && phase == Phase.RESPONSE) {
      attached().parser().begins(received); // an empty line behind a body hides no client's end
    }
    if (received != null && !received.isReadable()) {
      received.release();
      received = null;
    }
  }

  /** Returns whether there may be more to parse. */
  private boolean parseSome(ByteBuf in) {
    if (phase == Phase.BODY) {
      parseBody(in);
      return phase == Phase.HEAD || phase == Phase.DISCARDING;
    }
    if (phase == Phase.DISCARDING) {
      discard(in);
      return phase == Phase.HEAD;
    }
    if (phase != Phase.HEAD || !in.isReadable()) {
      return false;
    }
    if (answeredInTurn == MAX_ANSWERED_IN_TURN) {
      yieldTurn();
      return false;
    }
    if (!headBegun && !takesRequests()) {
      // Earlier responses are not taken: another one, or the exchange for it, would only add to
      // them.
      awaitWritable();
      return false;
    }
    RequestHeadParser parser = attached().parser();
    boolean firstBytes = !headBegun;
    if (firstBytes) {
      if (!parser.begins(in)) {
        return false; // empty lines: the connection is as idle as it was
      }
      headBegun = true;
      facts =
          new RequestRecord(
              settings.listener(), attached().client().address().toString(), System.nanoTime());
    }
    switch (parser.parse(in)) {
      case NEED_MORE -> {
        if (firstBytes) {
          deadline().after(settings.head());
        }
      }
      case FAILED -> rejectUnparsed(parser.failure(), in);
      case DONE -> begin(parser.head(), in);
    }
    return phase == Phase.DISCARDING || (phase == Phase.HEAD && in.isReadable() && !headBegun);
  }

  /** What one read has brought may be thousands of requests: other connections have their turn. */
  private void yieldTurn() {
    yielded = true;
    context()
        .executor()
        .schedule(
            () -> {
              yielded = false;
              if (phase == Phase.HEAD && channel().isActive()) {
                parse();
                readIfWanted();
              }
            },
            1,
            TimeUnit.MILLISECONDS);
  }

  /** The next request waits, unparsed; the limit is that of a client which takes nothing. */
  private void awaitWritable() {
    awaitsWritable = true;
    progress.restart();
    progress.since(channel());
    deadline().after(settings.inactivity());
  }

  private void begin(RequestHead head, ByteBuf in) {
    keepAlive = head.keepsAlive();
    Failure failure = RequestRules.check(head);
    facts.take(head);
    facts.client = terms.requestRules.forwardedClient(head, attached().client());
    if (service.wantsTexts()) {
      facts.takeTexts(head);
      if (facts.requestId == null) {
        facts.requestId = attached().loop().nextRequestId();
      }
    }
    if (failure == null && !framing.ofRequest(head)) {
      failure = framing.failure();
    }
    if (failure != null) {
      reject(failure);
      return;
    }
    body.begin(framing.length(), true, head);
    bodyMayStayAway = framing.length() != Framing.NONE && head.indexOf(Field.EXPECT, 0) >= 0;
    Instance instance = route(head);
    facts.instance = instance;
    if (instance == null) {
      if (head.hasHost()) {
        refuse(Failure.UNKNOWN_HOST);
      } else {
        reject(Failure.BAD_HOST);
      }
    } else if (certificateOf != null && !instance.isSameAs(certificateOf)) {
      refuse(Failure.MISDIRECTED);
    } else if (MaxForwards.of(head) == 0) {
      answerItself(head);
    } else if (service.isDown(instance)) {
      refuseAsDown();
    } else if (attached().loop().memory.isExhausted()) {
      refuse(Failure.OUT_OF_MEMORY);
    } else {
      start(head, in, instance);
    }
  }

  /** A request of HTTP/1.0 without a Host can only mean the only instance. */
  private @Nullable Instance route(RequestHead head) {
    if (head.hasHost()) {
      return service.routes().lookup(head, head.hostStart, head.hostEnd);
    }
    Instance only = service.routes().onlyInstance();
    if (only != null) {
      head.givenHost = only.host();
    }
    return only;
  }

  /** Max-Forwards lets the request go no further (RFC 9110 section 7.6.2). */
  private void answerItself(RequestHead head) {
    if (head.methodIs("TRACE")) { // would show a page what cookies and tokens the browser sends
      reject(Failure.METHOD_NOT_ALLOWED);
      return;
    }
    keepAlive &= canSkipRest() && !service.announcesClose();
    answeredInTurn++;
    service.completed(facts, 200, 0, 0, null);
    writeOwn(
        OptionsResponse.of(facts, attached().loop().date.now(), !keepAlive, context().alloc()));
  }

  private void start(RequestHead head, ByteBuf in, Instance instance) {
    String upgrade = RequestRules.upgradeAsked(head, framing.length());
    FieldEdits edits = edits();
    terms.requestRules.edit(head, attached().client(), facts.client, upgrade, edits);
    var next =
        new Exchange(
            service, settings, this, facts, service.upstream(instance), upgrade, deadline());
    next.requestHead(HeadWriter.request(head, edits, context().alloc()));
    exchange = next;
    phase = Phase.BODY;
    if (framing.length() != Framing.NONE && hasLeastRate()) {
      attached().loop().leastRate.watch();
    }
    if (head.indexOf(Field.EXPECT, 0) >= 0) {
      next.awaitsContinue();
    }
    parseBody(in);
    if (phase == Phase.BODY || phase == Phase.RESPONSE) {
      next.start();
    }
  }

  /** Hands what there is of the body to the exchange. */
  private void parseBody(ByteBuf in) {
    Exchange current = Objects.requireNonNull(exchange);
    for (ByteBuf data = body.next(in); data != null; data = body.next(in)) {
      bodyMayStayAway = false;
      current.requestBody(data);
    }
    Failure failure = body.failure();
    if (failure != null) {
      current.fail(failure);
    } else if (body.isDone() && phase == Phase.BODY) {
      phase = Phase.RESPONSE;
      current.requestEnd();
    }
  }

  // ---- the rest of a request that is answered

  /**
   * Returns whether the connection can go on behind the response. A client that was told to wait
   * for a 100, and gets a final response, need not send its body: what comes next could be either.
   */
  private boolean canSkipRest() {
    return !bodyMayStayAway && body.mayEndWithin(MAX_DISCARDED_BYTES);
  }

  private void discardRest() {
    phase = Phase.DISCARDING;
    discardedBytes = 0;
    deadline().after(DISCARD_TIME);
    if (!parsing) {
      parse();
      readIfWanted();
    }
  }

  private void discard(ByteBuf in) {
    for (ByteBuf data = body.next(in); data != null; data = body.next(in)) {
      discardedBytes += data.readableBytes();
      data.release();
    }
    if (body.isDone() && body.failure() == null && !service.keepsNone()) {
      nextRequest();
    } else if (body.isDone() || body.failure() != null || discardedBytes > MAX_DISCARDED_BYTES) {
      closeGently();
    }
  }

  @Override
  public void resumeRequest() {
    readIfWanted();
  }

  // ---- the response

  @Override
  public boolean keepsChunks() {
    return facts.minorVersion == 1;
  }

  @Override
  public void informational(ResponseHead head) {
    if (facts.minorVersion == 1) {
      if (head.status == 100) {
        bodyMayStayAway = false;
      }
      FieldEdits edits = edits();
      ResponseRules.edit(head, edits);
      context().writeAndFlush(HeadWriter.response(head, edits, context().alloc()));
    }
  }

  @Override
  public void respond(ResponseHead head, long length) {
    FieldEdits edits = edits();
    ResponseRules.edit(head, edits);
    boolean dechunked = length == Framing.CHUNKED && !keepsChunks();
    if (length == Framing.UNTIL_CLOSE || dechunked) {
      Closing.resetUntilAllowed(channel());
      endsByClose = true;
    }
    if (!keepsChunks()) { // HTTP/1.0 has no transfer codings, not even in an answer to HEAD
      ResponseRules.dropTransferEncoding(head, edits);
    }
    FramingFields.edit(head, edits);
    ResponseRules.addDate(head, attached().loop().date, edits);
    Via via = terms.via;
    if (via != null) {
      via.add(head, edits);
    }
    keepAlive &=
        canSkipRest() && length != Framing.UNTIL_CLOSE && !dechunked && !service.announcesClose();
    ResponseRules.addConnection(head, keepAlive, facts.minorVersion, edits);
    context().write(HeadWriter.response(head, edits, context().alloc()), context().voidPromise());
  }

  @Override
  public void writeBody(ByteBuf data) {
    context().write(data, context().voidPromise());
  }

  @Override
  public void flush() {
    context().flush();
  }

  @Override
  public void completed() {
    exchange = null;
    flush();
    if (endsByClose) {
      Closing.allowOrderly(channel());
    }
    // The listeners may have been closed after the head of the response was written.
    if (!keepAlive || service.keepsNone()) {
      closeGently();
    } else if (phase == Phase.BODY) {
      discardRest();
    } else {
      nextRequest();
    }
  }

  @Override
  public boolean isLeftToRouter(Failure failure) {
    return failure.isBetterLeftToRouter(fresh)
        && facts.repeatedByRouter
        && framing.length() == Framing.NONE
        && attached().client().trusted()
        && service.isServedElsewhere(facts.instance);
  }

  @Override
  public void failed(Failure failure, Answer answer) {
    exchange = null;
    if (answer == Answer.SILENCE) {
      closeGently();
      return;
    }
    if (answer == Answer.CUT || failure.after() == Failure.After.ABORT) {
      phase = Phase.CLOSING;
      flush(); // the reset is not to swallow what came before the fault
      Closing.reset(channel());
      return;
    }
    keepAlive &=
        canSkipRest() && failure.after() == Failure.After.KEEP && !service.announcesClose();
    answer(failure);
  }

  /** Refuses a well-formed request without an exchange. */
  private void refuse(Failure failure) {
    keepAlive &=
        canSkipRest() && failure.after() == Failure.After.KEEP && !service.announcesClose();
    answeredInTurn++;
    service.completed(facts, failure.status(), 0, 0, failure);
    answer(failure);
  }

  /** As long as it is not known whether another node serves the instance a router may ask it. */
  private void refuseAsDown() {
    if (isLeftToRouter(Failure.UPSTREAM_DOWN)) {
      facts.retry = AccessLog.Retry.ELSEWHERE;
      service.completed(facts, 0, 0, 0, Failure.UPSTREAM_DOWN);
      closeGently();
    } else {
      refuse(Failure.UPSTREAM_DOWN);
    }
  }

  /** Refuses a head of which {@code in} has the begin, not parsed. */
  private void rejectUnparsed(Failure failure, ByteBuf in) {
    facts.toHead = RequestHeadParser.isOfHead(in); // whatever else it is: a response has no body
    reject(failure);
  }

  /** Refuses what is no well-formed request. */
  private void reject(Failure failure) {
    keepAlive = false;
    service.completed(facts, failure.status(), 0, 0, failure);
    answer(failure);
  }

  private void answer(Failure failure) {
    String id = facts.requestId != null ? facts.requestId : attached().loop().nextRequestId();
    String date = attached().loop().date.now();
    ByteBuf response;
    try {
      response = ErrorResponse.of(failure, facts, id, date, !keepAlive, context().alloc());
    } catch (OutOfDirectMemoryError e) {
      Buffers.isExhausted(e);
      phase = Phase.CLOSING;
      Closing.reset(channel());
      return;
    }
    writeOwn(response);
  }

  private void writeOwn(ByteBuf response) {
    context().writeAndFlush(response);
    if (!keepAlive) {
      closeGently();
    } else if (body.isDone()) {
      nextRequest();
    } else {
      discardRest();
    }
  }

  private void nextRequest() {
    phase = Phase.HEAD;
    headBegun = false;
    fresh = false;
    deadline().after(settings.idle());
    if (!parsing) { // else the loop goes on by itself, and what it is called for reads behind it
      parse();
      readIfWanted();
    }
  }

  private void closeGently() {
    phase = Phase.CLOSING;
    if (channel().isActive()) {
      context()
          .pipeline()
          .replace(this, "lingering-close", new LingeringClose(settings.inactivity()));
    }
  }

  @Override
  public void tunnel(ResponseHead head, Channel upstream, @Nullable ByteBuf early) {
    exchange = null;
    phase = Phase.CLOSING;
    FieldEdits edits = edits();
    ResponseRules.edit(head, edits);
    ResponseRules.addUpgrade(head, edits);
    context().writeAndFlush(HeadWriter.response(head, edits, context().alloc()));
    ByteBuf earlyToo =
        received == null || !received.isReadable()
            ? null
            : received.readRetainedSlice(received.readableBytes());
    Relay relay = service.newTunnel(channel(), upstream, settings.inactivity(), facts);
    channel().pipeline().remove(this);
    relay.start(earlyToo, early);
  }

  // ---- ends

  /** The instance whose certificate the connection has; null without TLS. */
  @Nullable Instance certificateOf() {
    return certificateOf;
  }

  /** Closes at once if no request has begun. */
  void closeIfIdle() {
    if (phase == Phase.HEAD && !headBegun) {
      phase = Phase.CLOSING;
      Closing.afterWrites(channel(), settings.inactivity());
    }
  }

  private void expired() {
    if (exchange != null) {
      exchange.expired();
    } else if (awaitsWritable) {
      if (progress.since(channel())) {
        deadline().after(settings.inactivity());
      } else {
        phase = Phase.CLOSING;
        Closing.reset(channel());
      }
    } else if (phase == Phase.DISCARDING) {
      closeGently();
    } else if (headBegun) {
      rejectUnparsed(Failure.CLIENT_TIMEOUT, Objects.requireNonNull(received));
    } else {
      phase = Phase.CLOSING;
      Closing.afterWrites(channel(), settings.inactivity());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      return;
    }
    if (exchange != null) {
      exchange.frontWritable();
    } else {
      resumeHead();
    }
  }

  /** The client has taken enough of the earlier responses, or there is memory for a large head. */
  void resumeHead() {
    if (parsing || phase != Phase.HEAD) {
      return; // the loop that wrote goes on by itself
    }
    if (awaitsWritable) {
      awaitsWritable = false;
      deadline().after(settings.idle());
      parse();
    }
    readIfWanted();
  }

  /** Number of bytes, about, that this connection and its exchange hold. */
  @Override
  public long heldBytes() {
    return MemoryBudget.waiting(channel())
        + (received == null ? 0 : received.capacity())
        + (exchange == null ? 0 : exchange.heldBytes());
  }

  @Override
  public long movedBytes() {
    return exchange == null ? 0 : exchange.movedBytes();
  }

  @Override
  public void endForMemory() {
    keepAlive = false;
    if (exchange != null) {
      exchange.fail(Failure.OUT_OF_MEMORY);
    } else if (phase == Phase.HEAD && headBegun) {
      reject(Failure.OUT_OF_MEMORY);
    } else {
      service.completed(facts, Failure.OUT_OF_MEMORY.status(), 0, 0, Failure.OUT_OF_MEMORY);
    }
    // A client that takes the answer has it by now. For one that does not nothing must wait.
    if (MemoryBudget.waiting(channel()) > 0 || phase != Phase.CLOSING) {
      phase = Phase.CLOSING;
      Closing.reset(channel());
    }
  }

  /**
   * A window of the {@link LeastRate} is over.
   *
   * @return whether there is a body that it is for
   */
  boolean checkRate() {
    if (phase != Phase.BODY || exchange == null || !hasLeastRate()) {
      return false;
    }
    exchange.checkRate(settings.leastBodyRate() * LeastRate.WINDOW_SECONDS);
    return true;
  }

  private boolean hasLeastRate() {
    return settings.leastBodyRate() > 0 && !attached().client().trusted();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    phase = Phase.CLOSING;
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.clientGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException || cause instanceof DecoderException) {
      LOG.debug("connection {}: {}", ctx.channel(), String.valueOf(cause));
    } else if (!Buffers.isExhausted(cause)) {
      LOG.error("connection {}: closed after an unexpected failure", ctx.channel(), cause);
    }
    Closing.reset(ctx.channel());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    deadline().remove();
    attached().loop().fronts.remove(this);
    attached().loop().memory.removed(this);
    body.release();
    if (received != null) {
      received.release();
      received = null;
    }
  }
}
