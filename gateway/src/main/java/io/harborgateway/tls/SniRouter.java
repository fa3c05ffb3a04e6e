package io.harborgateway.tls;

import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.transport.Closing;
import io.harborgateway.transport.LingeringClose;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryHolder;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.Printable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate of a connection by the server name in its ClientHello (RFC 6066 section
 * 3): the instance with exactly that name, otherwise the default, otherwise the only one. If there
 * is none, or while the instance can't be served, the handshake fails with the alert
 * handshake_failure, which routers retry elsewhere. Of two certificates of the instance the client
 * gets the one that it can verify. A client that offers protocols with ALPN, but not HTTP/1.1, gets
 * no_application_protocol (RFC 7301 section 3.2), unless it is an ACME server that looks for one of
 * the {@link ChallengeContexts}.
 *
 * <p>Receives the ClientHello, then replaces itself with the {@link SslHandler}, which gets the
 * ClientHello. Tells the {@link TlsHandshake} behind it which instance was chosen.
 */
public final class SniRouter extends AbstractSniHandler<SniRouter.Choice> implements MemoryHolder {
  static final String TLS_NAME = "tls";

  /**
   * In bytes: BoringSSL's own limit. A ClientHello is held until it is complete, before anything is
   * known about the client; ten thousand of Netty's default limit, 64 KiB, would not fit into
   * memory.
   */
  static final int MAX_CLIENT_HELLO = 16 << 10;

  /**
   * Bytes of a ClientHello that are always received. With post-quantum key shares it has some 1.8
   * KiB, and with a session ticket less than twice that.
   */
  static final int MODEST_CLIENT_HELLO = 4 << 10;

  /**
   * The certificate chosen for a connection.
   *
   * @param instance null: it is one of the {@link ChallengeContexts}
   * @param asksClient whether the client is asked for one
   */
  record Choice(@Nullable Instance instance, SslContext context, boolean asksClient) {}

  private final Supplier<RouteTable> routes;
  private final Function<Instance, @Nullable String> refusal;
  private final TlsContexts contexts;
  private final HandshakeLimits limits;
  private final Function<Instance, @Nullable ClientAuth> clientAuth;
  private final Duration timeout;
  private final LoopLocal<MemoryRelief> relief;
  private @Nullable ChannelHandlerContext context;
  private OfferedSignatures offered = OfferedSignatures.NONE;
  private int received;
  private boolean isChallenge;

  /**
   * Creates the router of one connection.
   *
   * @param refusal returns why an instance can't be served now, or null; called on event loops
   * @param clientAuth returns what is demanded of clients of an instance; null: nothing
   * @param timeout limit of the time to the ClientHello, and of the handshake
   */
  public SniRouter(
      Supplier<RouteTable> routes,
      Function<Instance, @Nullable String> refusal,
      TlsContexts contexts,
      HandshakeLimits limits,
      Function<Instance, @Nullable ClientAuth> clientAuth,
      Duration timeout,
      LoopLocal<MemoryRelief> relief) {
    super(MAX_CLIENT_HELLO, timeout.toMillis());
    this.routes = routes;
    this.refusal = refusal;
    this.contexts = contexts;
    this.limits = limits;
    this.clientAuth = clientAuth;
    this.timeout = timeout;
    this.relief = relief;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    relief.get(ctx.channel().eventLoop()).add(this);
    super.handlerAdded(ctx);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    relief.get(ctx.channel().eventLoop()).remove(this);
    super.handlerRemoved0(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    received += ((ByteBuf) message).readableBytes();
    if (received > MODEST_CLIENT_HELLO
        && relief.get(ctx.channel().eventLoop()).level().isScarce()) {
      ((ByteBuf) message).release();
      endForMemory();
      return;
    }
    super.channelRead(ctx, message);
  }

  /** Counts the bytes twice: as records, and as the message they carry. */
  @Override
  public long heldBytes() {
    return 2L * received;
  }

  @Override
  public long movedBytes() {
    return received;
  }

  @Override
  public void endForMemory() {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    TlsHandshake handshake = ctx.pipeline().get(TlsHandshake.class);
    if (handshake != null) {
      handshake.failed(new IOException("memory for buffers is needed"));
    }
    Closing.reset(ctx.channel());
  }

  @Override
  protected Future<Choice> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf clientHello)
      throws Exception {
    if (OfferedProtocols.lack(clientHello, ApplicationProtocolNames.HTTP_1_1)) {
      isChallenge =
          contexts.challenges().isPending()
              && OfferedProtocols.areOnly(clientHello, ChallengeContexts.PROTOCOL);
      if (!isChallenge) {
        return refused(ctx, TlsAlert.NO_APPLICATION_PROTOCOL, "ALPN without http/1.1");
      }
    }
    String limit = limit(ctx);
    if (limit != null) {
      return refused(ctx, TlsAlert.INTERNAL_ERROR, "limit " + limit);
    }
    offered = OfferedSignatures.of(clientHello);
    return super.lookup(ctx, clientHello);
  }

  /** Returns the name of the limit that refuses the handshake, or null: then it is counted. */
  private @Nullable String limit(ChannelHandlerContext ctx) {
    TlsHandshake handshake = ctx.pipeline().get(TlsHandshake.class);
    return handshake != null && ctx.channel().remoteAddress() instanceof InetSocketAddress client
        ? handshake.begin(limits, client.getAddress())
        : null;
  }

  @Override
  protected Future<Choice> lookup(ChannelHandlerContext ctx, @Nullable String serverName) {
    if (isChallenge) {
      return challenge(ctx, serverName);
    }
    RouteTable table = routes.get();
    Instance named = serverName == null ? null : table.lookup(serverName);
    Instance chosen = named != null ? named : table.unnamed();
    if (chosen == null) {
      return refused(
          ctx, TlsAlert.HANDSHAKE_FAILURE, "no certificate for " + Printable.of(serverName));
    }
    String reason = refusal.apply(chosen);
    if (reason != null) {
      return refused(ctx, TlsAlert.HANDSHAKE_FAILURE, chosen + ": " + reason);
    }
    ClientAuth auth = clientAuth.apply(chosen);
    boolean asks = auth != null;
    CompletableFuture<InstanceContexts> context =
        (auth == null ? contexts : contexts.demanding(auth)).context(chosen);
    Promise<Choice> choice = ctx.executor().newPromise();
    if (context.isDone() && !context.isCompletedExceptionally()) {
      return choice.setSuccess(new Choice(chosen, context.join().choose(offered), asks));
    }
    context.whenComplete((built, failure) -> {
      if (failure == null) {
        choice.trySuccess(new Choice(chosen, built.choose(offered), asks));
      } else {
        choice.tryFailure(failure);
      }
    });
    return choice;
  }

  private Future<Choice> challenge(ChannelHandlerContext ctx, @Nullable String serverName) {
    SslContext context = contexts.challenges().find(serverName);
    return context == null
        ? refused(
            ctx,
            TlsAlert.NO_APPLICATION_PROTOCOL,
            "no challenge for " + Printable.of(String.valueOf(serverName)))
        : ctx.executor().newSucceededFuture(new Choice(null, context, false));
  }

  private static Future<Choice> refused(ChannelHandlerContext ctx, TlsAlert alert, String reason) {
    return ctx.executor().newFailedFuture(new HandshakeRefusedException(alert, reason));
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String serverName, Future<Choice> choice) {
    TlsHandshake handshake = ctx.pipeline().get(TlsHandshake.class);
    if (ctx.isRemoved() || handshake == null) {
      return; // the client has left, or its time was up, while the context was built
    }
    if (!choice.isSuccess()) {
      handshake.failed(choice.cause());
      TlsAlert alert =
          choice.cause() instanceof HandshakeRefusedException refused
              ? refused.alert()
              : TlsAlert.HANDSHAKE_FAILURE;
      ctx.writeAndFlush(alert.record());
      ctx.pipeline().replace(handshake, "lingering-close", new LingeringClose(timeout));
      // Otherwise the next bytes would trigger another lookup for the same ClientHello.
      ctx.pipeline().remove(this);
      return;
    }
    SslHandler tls = choice.getNow().context().newHandler(ctx.alloc());
    Staples.give(choice.getNow().context(), tls.engine());
    boolean asks = choice.getNow().asksClient();
    if (asks && tls.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
    }
    handshake.chosen(choice.getNow().instance(), asks ? tls.engine() : null);
    tls.setHandshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    // The ClientHello goes to whatever replaces this handler: all handlers must be in place before.
    ctx.pipeline().addAfter(ctx.name(), "record-sizes", new RecordSizes(tls));
    ctx.pipeline().replace(this, TLS_NAME, tls);
  }
}
