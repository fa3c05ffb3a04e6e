package io.harborgateway.http;

import io.harborgateway.http.Http1Requests.State;
import io.harborgateway.http.head.Client;
import io.harborgateway.http.head.Failure;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Closing;
import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.LingeringClose;
import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.transport.MemoryHolder;
import io.harborgateway.transport.NegotiatedTls;
import io.harborgateway.transport.Printable;
import io.harborgateway.transport.WriteProgress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler of a client's HTTP/1.1 connection: it passes what is received to its {@link
 * Http1Requests}, reads while more is wanted, and handles the connection's end. {@link
 * Http1FrontStream} decides what is done with a request, and {@link Http1Responses} how it is
 * answered.
 *
 * <p>Receives ByteBufs, which it owns and releases; emits nothing; the last handler of its
 * pipeline. Reads while it wants a head, while the upstream accepts the body, and once while it
 * waits for a response, to notice that the client has gone. While the client does not read what was
 * written, no request is read, parsed, begun or refused. A malformed request is answered according
 * to {@link Failure} and ends the connection. Confined to its event loop.
 */
final class Http1Front extends ChannelInboundHandlerAdapter implements MemoryHolder {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Front.class);

  /** Characters of a client's subject in the access log. */
  private static final int LONGEST_SUBJECT = 256;

  private final HttpService service;
  private final Terms terms;
  private final @Nullable Instance certificateOf;
  private final @Nullable X509Certificate certificate;
  private final WriteProgress progress = new WriteProgress();
  private @Nullable FrontConnection connection;
  private @Nullable Http1FrontStream stream;

  /**
   * @param certificateOf the instance whose certificate was presented; null without TLS
   * @param certificate the client's verified certificate, or null
   */
  Http1Front(
      HttpService service,
      Terms terms,
      @Nullable Instance certificateOf,
      @Nullable X509Certificate certificate) {
    this.service = service;
    this.terms = terms;
    this.certificateOf = certificateOf;
    this.certificate = certificate;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    HttpService.Loop loop = service.loop(ctx.channel().eventLoop());
    connection =
        new FrontConnection(
            service,
            terms,
            certificateOf,
            ctx.channel().attr(NegotiatedTls.KEY).get(),
            ctx,
            loop,
            ctx.channel().remoteAddress() instanceof InetSocketAddress remote
                ? Client.of(
                    remote.getAddress(),
                    terms.settings.trustedProxies(),
                    terms.settings.certificateField(),
                    certificate)
                : Client.UNKNOWN,
            certificate == null
                ? null
                : Printable.of(certificate.getSubjectX500Principal().getName(), LONGEST_SUBJECT),
            service.deadlines(ctx.channel().eventLoop()).add(this::expired));
    stream = new Http1FrontStream(this, connection);
    // The listener may be gone: this connection was in its handshake when idle ones were closed.
    deadline().after(service.keepsNone() ? settings().head() : settings().idle());
    loop.fronts.add(this);
    loop.memory.added(this);
    ctx.read();
  }

  private FrontConnection connection() {
    return Objects.requireNonNull(connection, "not in a pipeline");
  }

  private Http1FrontStream stream() {
    return Objects.requireNonNull(stream, "not in a pipeline");
  }

  private Http1Requests requests() {
    return stream().requests();
  }

  private @Nullable Exchange exchange() {
    return stream().exchange();
  }

  private Deadline deadline() {
    return connection().deadline();
  }

  private HttpService.Settings settings() {
    return terms.settings;
  }

  private Channel channel() {
    return connection().channel();
  }

  // ---- reading

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    requests().receive(Buffers.fitted((ByteBuf) message), ctx.alloc());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.flushRequest();
    }
    readIfWanted();
  }

  void readIfWanted() {
    Exchange exchange = exchange();
    boolean wanted =
        switch (requests().state()) {
          case IDLE, HELD_BACK, HEAD -> takesRequests() && !waitsWithHead();
          case DISCARDING -> true;
          case BODY -> exchange != null && exchange.takesRequest();
          case COMPLETE -> requests().unparsed() == null;
          case YIELDED, CLOSED -> false;
        };
    if (wanted) {
      connection().context().read();
    }
  }

  /** Returns whether the client has read enough of what was written, given the memory left. */
  boolean takesRequests() {
    return connection().loop().memory.takesMore(channel());
  }

  private boolean waitsWithHead() {
    ByteBuf waiting = requests().unparsed();
    return waiting != null && connection().loop().memory.holdsBack(this, waiting.readableBytes());
  }

  void parseAndRead() {
    if (!requests().isParsing()) { // otherwise the loop goes on, and reads when it is done
      requests().parse();
      readIfWanted();
    }
  }

  /** One read may contain thousands of requests: gives other connections a turn. */
  void yieldTurn() {
    connection()
        .context()
        .executor()
        .schedule(
            () -> {
              requests().endTurn();
              if (requests().state() == State.IDLE && channel().isActive()) {
                parseAndRead();
              }
            },
            1,
            TimeUnit.MILLISECONDS);
  }

  /** The next request waits, unparsed; the time limit is that of a client that does not read. */
  void heldBack() {
    progress.restart();
    progress.since(channel());
    deadline().after(settings().inactivity());
  }

  /** The beginning of a head has arrived. */
  void headIsIncomplete() {
    deadline().after(settings().head());
  }

  // ---- ends

  void closeGently() {
    assert connection().inEventLoop();
    requests().close();
    if (channel().isActive()) {
      connection()
          .context()
          .pipeline()
          .replace(this, "lingering-close", new LingeringClose(settings().inactivity()));
    }
  }

  void reset() {
    assert connection().inEventLoop();
    requests().close();
    Closing.reset(channel());
  }

  private void closeAfterWrites() {
    requests().close();
    Closing.afterWrites(channel(), settings().inactivity());
  }

  /** The instance whose certificate was presented; null without TLS. */
  @Nullable Instance certificateOf() {
    return certificateOf;
  }

  /** Closes at once if no request has begun. */
  void closeIfIdle() {
    assert connection().inEventLoop();
    if (requests().state().isBetweenRequests()) {
      closeAfterWrites();
    }
  }

  private void expired() {
    assert connection().inEventLoop();
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.expired();
      return;
    }
    switch (requests().state()) {
      case HELD_BACK -> {
        if (progress.since(channel())) {
          deadline().after(settings().inactivity());
        } else {
          reset();
        }
      }
      case DISCARDING -> closeGently();
      case HEAD ->
          stream()
              .refuseUnparsed(
                  Failure.CLIENT_TIMEOUT, Objects.requireNonNull(requests().unparsed()));
      case IDLE, YIELDED, BODY, COMPLETE, CLOSED -> closeAfterWrites();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      return;
    }
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.frontWritable();
    } else {
      resumeHead();
    }
  }

  /** The client has read enough of the earlier responses, or there is memory for a large head. */
  void resumeHead() {
    assert connection().inEventLoop();
    State state = requests().state();
    if (requests().isParsing() || !(state.isBetweenRequests() || state == State.HEAD)) {
      return; // the loop that wrote continues by itself
    }
    if (requests().release()) {
      deadline().after(settings().idle());
      requests().parse();
    }
    readIfWanted();
  }

  /** Approximate number of bytes held by this connection and its exchange. */
  @Override
  public long heldBytes() {
    Exchange exchange = exchange();
    return MemoryBudget.waiting(channel())
        + requests().heldBytes()
        + (exchange == null ? 0 : exchange.heldBytes());
  }

  @Override
  public long movedBytes() {
    Exchange exchange = exchange();
    return exchange == null ? 0 : exchange.movedBytes();
  }

  @Override
  public void endForMemory() {
    stream().failForMemory();
    // A client that reads the response has it by now. Nothing must wait for one that does not.
    if (MemoryBudget.waiting(channel()) > 0 || requests().state() != State.CLOSED) {
      reset();
    }
  }

  /**
   * A window of the {@link LeastRate} has ended.
   *
   * @return whether there is a body to which the rate applies
   */
  boolean checkRate() {
    Exchange exchange = exchange();
    if (requests().state() != State.BODY || exchange == null || !connection().hasLeastRate()) {
      return false;
    }
    exchange.checkRate(settings().leastBodyRate() * LeastRate.WINDOW_SECONDS);
    return true;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stream().gone();
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
    connection().loop().fronts.remove(this);
    connection().loop().memory.removed(this);
    requests().dispose();
  }
}
