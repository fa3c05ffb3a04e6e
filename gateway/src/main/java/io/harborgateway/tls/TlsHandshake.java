package io.harborgateway.tls;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.NegotiatedTls;
import io.harborgateway.transport.Printable;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.OpenSslSession;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.internal.tcnative.SSL;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits behind the TLS handler for the outcome of the handshake: replaces itself with the handler
 * of the protocol inside TLS, or counts the failure and closes. Closes as well if nothing follows.
 * Emits nothing; receives no bytes, since those arrive after the handshake.
 */
public final class TlsHandshake extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

  private final ListenerMeters meters;
  private final BiFunction<Instance, @Nullable X509Certificate, ChannelHandler> next;
  private @Nullable Instance instance;
  private HandshakeLimits.@Nullable Permit permit;
  private @Nullable SSLEngine asking;
  private boolean failed;

  /**
   * Creates the handler of one connection.
   *
   * @param next creates the handler that replaces this one, for the instance whose certificate was
   *     presented, and the client's verified certificate, null without one
   */
  public TlsHandshake(
      ListenerMeters meters, BiFunction<Instance, @Nullable X509Certificate, ChannelHandler> next) {
    this.meters = meters;
    this.next = next;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.read();
  }

  /**
   * @param instance null: nothing follows the handshake
   * @param asking engine of a handshake in which the client is asked for a certificate, else null
   */
  void chosen(@Nullable Instance instance, @Nullable SSLEngine asking) {
    this.instance = instance;
    this.asking = asking;
  }

  /** Returns the name of the limit that refuses the handshake, or null: then it is counted. */
  @Nullable String begin(HandshakeLimits limits, InetAddress client) {
    HandshakeLimits.Admission admission = limits.begin(client);
    permit = admission.permit();
    if (permit == null) {
      meters.connectionRefused(admission.refusedBy());
      return admission.refusedBy();
    }
    return null;
  }

  private void end() {
    HandshakeLimits.Permit ended = permit;
    permit = null;
    if (ended != null) {
      ended.end();
    }
  }

  /** Counts the failure, once. */
  void failed(Throwable cause) {
    end();
    if (!failed) {
      failed = true;
      meters.handshakeFailed();
      Buffers.isExhausted(cause); // just to count it
      if (asking != null) {
        ClientRefusals.count(cause, meters);
      }
      LOG.debug("TLS handshake failed: {}", Printable.of(String.valueOf(cause)));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion) {
      if (completion.isSuccess()) {
        end();
        NegotiatedTls negotiated = negotiated(ctx);
        ctx.channel().attr(NegotiatedTls.KEY).set(negotiated);
        meters.handshakeDone(
            negotiated.version(),
            negotiated.suite(),
            Objects.requireNonNullElse(negotiated.group(), "none"),
            negotiated.resumed());
        if (instance == null) {
          ctx.pipeline().remove(this);
          ctx.channel().close();
          return;
        }
        ChannelHandler handler = next.apply(instance, certificate());
        ctx.pipeline().replace(this, "front", handler);
      } else {
        failed(completion.cause());
        ctx.close();
      }
    }
  }

  private static NegotiatedTls negotiated(ChannelHandlerContext ctx) {
    var engine = (ReferenceCountedOpenSslEngine) ctx.pipeline().get(SslHandler.class).engine();
    var session = (OpenSslSession) engine.getSession();
    return new NegotiatedTls(
        session.getProtocol(),
        session.getCipherSuite(),
        session.getNamedGroup(),
        SSL.isSessionReused(engine.sslPointer()));
  }

  /** Returns the client's certificate; null if it was not asked for one, or showed none. */
  private @Nullable X509Certificate certificate() {
    if (asking == null) {
      return null;
    }
    try {
      return (X509Certificate) asking.getSession().getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    failed(new ClosedChannelException());
  }

  /** Handles bytes that are not TLS, or violate it: the TLS handler has already sent the alert. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(cause);
    ctx.close();
  }
}
