package io.harborgateway.http;

import io.harborgateway.http.h1.BodyReader;
import io.harborgateway.http.h1.Received;
import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.Framing;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.http.head.ResponseHeadParser;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Closing;
import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.upstream.Pool;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection to the upstream: parses the responses of one {@link Http1UpstreamStream}
 * after the other, and waits in its {@link Pool} between them.
 *
 * <p>Receives ByteBufs, which it owns and releases; emits nothing. A read is outstanding whenever
 * the exchange accepts more, and always while idle, so that a close is noticed. Closes on
 * unsolicited bytes, on a malformed response, and when its idle time ends. Confined to its event
 * loop.
 */
final class Http1Upstream extends ChannelInboundHandlerAdapter {
  static final String NAME = "http1-upstream";

  /**
   * Limit of interim responses to one request; a 102 every ten seconds makes 90 in the longest
   * wait.
   */
  static final int MAX_INTERIM_RESPONSES = 100;

  private static final Logger LOG = LoggerFactory.getLogger(Http1Upstream.class);

  private final Pool<Http1Upstream> pool;
  private final Duration idleTimeout;
  private final Deadline idleDeadline;
  private final ResponseHeadParser parser;
  private final Framing framing = new Framing();
  private final BodyReader body = new BodyReader();
  private @Nullable ChannelHandlerContext context;
  private @Nullable Http1UpstreamStream stream; // null while idle
  private @Nullable ByteBuf received; // not parsed yet
  private boolean answered; // a byte has arrived since the exchange began
  private int interims; // number in the current exchange
  private int interimBytes;
  private boolean inBody;
  private boolean spoilt; // what follows a response may not be a response
  private boolean reusable;
  private boolean failed;
  private boolean aborted;

  /**
   * @param deadlines deadlines of the connection's event loop
   * @param parser used by this connection only
   */
  Http1Upstream(
      Pool<Http1Upstream> pool,
      Duration idleTimeout,
      Deadlines deadlines,
      ResponseHeadParser parser) {
    this.pool = pool;
    this.idleTimeout = idleTimeout;
    this.idleDeadline = deadlines.add(this::abort);
    this.parser = parser;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context, "not in a pipeline");
  }

  Channel channel() {
    return context().channel();
  }

  boolean isOpen() {
    return channel().isActive();
  }

  boolean isWritable() {
    return channel().isWritable();
  }

  /** Approximate number of bytes waiting here: of the request, and of the response's head. */
  long heldBytes() {
    return MemoryBudget.waiting(channel()) + (received == null ? 0 : received.capacity());
  }

  /** Begins an exchange; only one is allowed at a time. */
  void begin(Http1UpstreamStream next) {
    assert channel().eventLoop().inEventLoop() && stream == null;
    stream = next;
    answered = false;
    interims = 0;
    interimBytes = 0;
    inBody = false;
    spoilt = false;
    parser.limit(next.exchange().headLimits()); // may have changed since it was dialled
    idleDeadline.clear();
    read();
  }

  /** Writes a piece of the request, handing its ownership to the channel. */
  void write(ByteBuf data) {
    context().write(data, context().voidPromise());
  }

  /**
   * Writes a request's head, handing its ownership to the channel; the future tells whether all of
   * it was written.
   */
  ChannelFuture writeHead(ByteBuf head) {
    return context().write(head);
  }

  void flush() {
    context().flush();
  }

  void read() {
    context().read();
  }

  /** Ends the exchange and keeps the connection for the next one. */
  void keep() {
    assert channel().eventLoop().inEventLoop();
    stream = null;
    if (isOpen() && pool.offer(this)) {
      idleDeadline.after(idleTimeout);
      read();
    } else {
      abort();
    }
  }

  /**
   * Ends the exchange and closes the connection at once, ignoring what the upstream still sends.
   */
  void abort() {
    assert channel().eventLoop().inEventLoop();
    stream = null;
    aborted = true;
    Closing.reset(channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = Buffers.fitted((ByteBuf) message);
    if (stream == null) {
      data.release(); // unsolicited
      abort();
      return;
    }
    if (!answered) {
      answered = true;
      stream.answerBegins();
    }
    received = Received.join(received, data, ctx.alloc());
    parse(received);
    if (received != null && !received.isReadable()) {
      received.release();
      received = null;
    }
  }

  private void parse(ByteBuf in) {
    while (stream != null && (in.isReadable() || (inBody && body.isDone()))) {
      if (inBody) {
        if (!parseBody(in, stream)) {
          return;
        }
      } else if (!parseHead(in, stream)) {
        return;
      }
    }
  }

  /** Returns whether there may be more to parse. */
  private boolean parseHead(ByteBuf in, Http1UpstreamStream current) {
    int available = in.readableBytes();
    switch (parser.parse(in)) {
      case NEED_MORE -> {
        return false;
      }
      case FAILED -> {
        current.exchange().fail(Failure.UPSTREAM_BAD_RESPONSE);
        return false;
      }
      case DONE -> {}
    }
    pool.answered();
    ResponseHead head = parser.head();
    if (!framing.ofResponse(head, current.exchange().toHead(), current.exchange().upgradeAsked())) {
      current.exchange().fail(Failure.UPSTREAM_BAD_RESPONSE);
      return false;
    }
    if (framing.bodyLength() == BodyLength.TUNNEL) {
      tunnel(head, in, current);
      return false;
    }
    spoilt |= framing.isContradicted();
    if (head.isInformational()) {
      return informational(head, available - in.readableBytes(), current);
    }
    reusable =
        head.minorVersion == 1
            && !spoilt
            && framing.bodyLength() != BodyLength.UNTIL_CLOSE
            && !head.connection.close();
    inBody = true;
    body.begin(framing.bodyLength(), current.exchange().keepsChunks(), head);
    current.exchange().responseHead(head, framing.bodyLength());
    return true;
  }

  /**
   * Passes on a 1xx. All those of one exchange together may have the size of one head: nobody needs
   * more.
   */
  private boolean informational(ResponseHead head, int bytes, Http1UpstreamStream current) {
    interimBytes += bytes;
    if (++interims > MAX_INTERIM_RESPONSES || interimBytes > parser.maxHeadBytes()) {
      current.exchange().fail(Failure.UPSTREAM_BAD_RESPONSE);
      return false;
    }
    current.exchange().informational(head);
    return true;
  }

  private boolean parseBody(ByteBuf in, Http1UpstreamStream current) {
    for (ByteBuf data = body.next(in); data != null; data = body.next(in)) {
      current.exchange().responseBody(data);
    }
    if (body.failure() != null) {
      current.exchange().fail(Failure.UPSTREAM_TRUNCATED);
      return false;
    }
    if (body.isDone()) {
      inBody = false;
      // Bytes after the response are unsolicited: whatever they are, the connection can't be
      // reused.
      current.responseEnd(reusable && !in.isReadable());
    }
    return false;
  }

  private void tunnel(ResponseHead head, ByteBuf in, Http1UpstreamStream current) {
    ByteBuf early = in.isReadable() ? in.readRetainedSlice(in.readableBytes()) : null;
    Channel upstream = channel();
    stream = null;
    received = null; // otherwise the removal would release it, while the head is a view of it
    try {
      upstream.pipeline().remove(this);
      current.exchange().tunnel(head, upstream, early);
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (stream == null) {
      ctx.read();
      return;
    }
    stream.exchange().flushResponse();
    if (stream != null && stream.exchange().takesResponse()) {
      ctx.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (stream != null && ctx.channel().isWritable()) {
      stream.exchange().upstreamWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Http1UpstreamStream current = stream;
    stream = null;
    pool.remove(this);
    if (!aborted && !inBody) {
      pool.lost();
    }
    if (current == null) {
      return;
    }
    if (!inBody) {
      current.closed();
    } else if (body.isUntilClose() && !failed && Closing.endedInOrder(channel())) {
      current.responseEnd(false);
    } else {
      current.exchange().fail(Failure.UPSTREAM_TRUNCATED);
    }
  }

  /**
   * A failed read is followed by channelInactive. A failed write is not: the response may have
   * arrived before the upstream stopped reading the request, so it is still read.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed = true;
    if (cause instanceof IOException && !(cause instanceof SSLException)) {
      LOG.debug("upstream connection {}: {}", ctx.channel(), String.valueOf(cause));
      return;
    }
    if (cause instanceof DecoderException || cause instanceof SSLException) {
      LOG.debug("upstream connection {}: TLS failed: {}", ctx.channel(), String.valueOf(cause));
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      if (tls != null && stream != null && !answered) {
        stream.tlsFailed(tls, cause);
      }
    } else if (Buffers.isExhausted(cause)) {
      if (stream != null) {
        stream.exchange().fail(Failure.OUT_OF_MEMORY);
      }
    } else {
      LOG.error("upstream connection {}: closed after an unexpected failure", ctx.channel(), cause);
      if (stream != null) {
        stream.exchange().fail(Failure.INTERNAL);
      }
    }
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    idleDeadline.remove();
    body.release();
    if (received != null) {
      received.release();
      received = null;
    }
  }
}
