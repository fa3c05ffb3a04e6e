package io.harborgateway.tls;

import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.transport.LingeringClose;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate of a connection by the server name of its ClientHello (RFC 6066 section
 * 3): the instance of exactly that name, else the only instance. With neither the handshake fails
 * with the alert handshake_failure, which routers retry elsewhere, and so it does while the
 * instance can't be served.
 *
 * <p>Receives the ClientHello, then replaces itself by the {@link SslHandler}, which gets it. Tells
 * the {@link TlsHandshake} behind it which instance was chosen.
 */
public final class SniRouter extends AbstractSniHandler<SniRouter.Choice> {
  static final String TLS_NAME = "tls";

  /** TLS record: alert, legacy version 1.2, two bytes: fatal, handshake_failure (RFC 8446 6.2). */
  private static final byte[] HANDSHAKE_FAILURE = {0x15, 3, 3, 0, 2, 2, 40};

  /** The certificate chosen for a connection. */
  record Choice(Instance instance, SslContext context) {}

  private final Supplier<RouteTable> routes;
  private final Predicate<Instance> served;
  private final TlsContexts contexts;
  private final Duration timeout;

  /**
   * Makes the router of one connection.
   *
   * @param served whether an instance's upstream answers; asked on event loops
   * @param timeout limit of the time to the ClientHello, and of the handshake
   */
  public SniRouter(
      Supplier<RouteTable> routes,
      Predicate<Instance> served,
      TlsContexts contexts,
      Duration timeout) {
    super(timeout.toMillis());
    this.routes = routes;
    this.served = served;
    this.contexts = contexts;
    this.timeout = timeout;
  }

  @Override
  protected Future<Choice> lookup(ChannelHandlerContext ctx, @Nullable String serverName) {
    RouteTable table = routes.get();
    Instance named = serverName == null ? null : table.lookup(serverName);
    Instance chosen = named != null ? named : table.onlyInstance();
    if (chosen == null) {
      return ctx.executor()
          .newFailedFuture(new SSLHandshakeException("no certificate for " + serverName));
    }
    if (!served.test(chosen)) {
      return ctx.executor()
          .newFailedFuture(new SSLHandshakeException(chosen + ": its upstream does not answer"));
    }
    CompletableFuture<SslContext> context = contexts.context(chosen);
    Promise<Choice> choice = ctx.executor().newPromise();
    if (context.isDone() && !context.isCompletedExceptionally()) {
      return choice.setSuccess(new Choice(chosen, context.join()));
    }
    context.whenComplete((built, failure) -> {
      if (failure == null) {
        choice.setSuccess(new Choice(chosen, built));
      } else {
        choice.setFailure(failure);
      }
    });
    return choice;
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String serverName, Future<Choice> choice) {
    TlsHandshake handshake = ctx.pipeline().get(TlsHandshake.class);
    if (!choice.isSuccess()) {
      handshake.failed(choice.cause());
      ctx.writeAndFlush(Unpooled.wrappedBuffer(HANDSHAKE_FAILURE));
      ctx.pipeline().replace(handshake, "lingering-close", new LingeringClose(timeout));
      // Else the next bytes would lead to another look-up of the same ClientHello.
      ctx.pipeline().remove(this);
      return;
    }
    handshake.chosen(choice.getNow().instance());
    SslHandler tls = choice.getNow().context().newHandler(ctx.alloc());
    tls.setHandshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    // The ClientHello reaches what takes this one's place: all must be there before.
    ctx.pipeline().addAfter(ctx.name(), "record-sizes", new RecordSizes(tls));
    ctx.pipeline().replace(this, TLS_NAME, tls);
  }
}
