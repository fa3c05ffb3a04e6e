package io.harborgateway.upstream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One check of an upstream on a separate connection: dial, TLS if it speaks TLS, and a GET if one
 * is configured. Confined to its event loop.
 */
final class Probe implements Connector.Callback {
  /**
   * The request of a check.
   *
   * @param path the request target
   * @param host the Host field
   * @param statuses statuses that count as success
   */
  record Get(String path, String host, Set<Integer> statuses) {}

  /**
   * How long to wait. Time in which this process stood still does not count.
   *
   * @param dial time until an unfinished dial, including TLS, is doubted
   * @param answer time until a missing answer to the GET is doubted
   * @param all time until the whole check fails
   */
  record Limits(Duration dial, Duration answer, Duration all) {}

  /**
   * The outcome of a check.
   *
   * @param reason why it failed, or empty
   * @param address address connected to; null if there was no connection
   * @param dialled duration of the dial, including TLS; null if there was no connection
   * @param status status of the answer to the GET; 0 without one
   * @param answered time from there to an expected answer; null without one
   */
  record Outcome(
      Result result,
      String reason,
      @Nullable String address,
      @Nullable Duration dialled,
      int status,
      @Nullable Duration answered) {}

  /** Called on the event loop. */
  interface Observer {
    /** The check is taking longer than usual; called at most once, before {@link #done}. */
    void doubted(String reason);

    /** The check has ended; called once. */
    void done(Outcome outcome);

    /** The connection is established; nothing has been sent yet. */
    default void connected(Channel channel) {}
  }

  enum Result {
    SUCCEEDED,
    FAILED,
    /** Nobody is listening. */
    REFUSED,
    /** This process is out of file descriptors, which says nothing about the upstream. */
    UNKNOWN
  }

  private static final long LEAST_WAIT_MILLIS = 50;
  private static final long MOST_WAIT_MILLIS = 500;

  private final Upstream upstream;
  private final @Nullable Get get;
  private final Limits limits;
  private final Observer observer;
  private final Patience patience;
  private final long begunAt = System.nanoTime();
  private @Nullable Channel channel;
  private @Nullable String address;
  private @Nullable Duration dialTook;
  private long spentAtDialled;
  private int status;
  private ClientCertificate.@Nullable Asked asked;
  private boolean doubted;
  private boolean done;

  private Probe(
      EventLoop loop, Upstream upstream, @Nullable Get get, Limits limits, Observer observer) {
    this.upstream = upstream;
    this.get = get;
    this.limits = limits;
    this.observer = observer;
    this.patience = new Patience(loop, System::nanoTime, this::ticked);
  }

  /**
   * Begins a check.
   *
   * @param loop event loop, which must be the caller's
   * @param get null: a connection is enough
   */
  static void start(
      EventLoop loop,
      Connector connector,
      Upstream upstream,
      @Nullable Get get,
      Limits limits,
      Observer observer) {
    connector.dial(loop, upstream, false, new Probe(loop, upstream, get, limits, observer));
  }

  private void ticked() {
    long spent = patience.spentNanos();
    if (spent >= limits.all().toNanos()) {
      done(Result.FAILED, waitedFor(limits.all()));
      return;
    }
    Duration limit = dialTook == null ? limits.dial() : limits.answer();
    if (!doubted && spent - spentAtDialled >= limit.toNanos()) {
      doubted = true;
      observer.doubted(waitedFor(limit));
    }
  }

  /** Adds the address if the upstream is configured by name, as {@link DialException} does. */
  private String at(String what) {
    return upstream.isName() && address != null ? address + ": " + what : what;
  }

  private String waitedFor(Duration limit) {
    String within = " within " + limit.toMillis() + " ms";
    if (dialTook != null && get != null) {
      return at("GET " + get.path() + ": no answer" + within);
    }
    return (upstream.settings().tls() == null ? "no connection" : "no TLS handshake") + within;
  }

  @Override
  public void dialled(Channel dialled) {
    channel = dialled;
    address =
        dialled.remoteAddress() instanceof InetSocketAddress remote
            ? remote.getAddress().getHostAddress()
            : null;
    dialTook = sinceBegin();
    spentAtDialled = patience.spentNanos();
    if (!done) {
      observer.connected(dialled);
    }
    asked = asked(dialled);
    if (!done && get == null && asked != null) {
      waitForRefusal(dialled);
      return;
    }
    if (done || get == null) {
      done(Result.SUCCEEDED, "");
      dialled.close();
      return;
    }
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, get.path(), Unpooled.EMPTY_BUFFER);
    request
        .headers()
        .set(HttpHeaderNames.HOST, get.host())
        .set(HttpHeaderNames.USER_AGENT, "harbor-gateway-check")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    dialled.config().setAutoClose(true);
    dialled.pipeline().addLast(new HttpClientCodec(), new Answer());
    dialled.writeAndFlush(request);
    dialled.config().setAutoRead(true);
  }

  private static ClientCertificate.@Nullable Asked asked(Channel dialled) {
    SslHandler tls = dialled.pipeline().get(SslHandler.class);
    return tls == null ? null : ClientCertificate.of(tls.engine().getSession());
  }

  /**
   * With TLS 1.3 the upstream judges the client's certificate after the client's handshake is done:
   * its alert comes after another round trip.
   */
  private void waitForRefusal(Channel dialled) {
    dialled.config().setAutoClose(true);
    dialled.pipeline().addLast(new Answer());
    dialled.config().setAutoRead(true);
    long millis = Math.clamp(2 * sinceBegin().toMillis(), LEAST_WAIT_MILLIS, MOST_WAIT_MILLIS);
    dialled.eventLoop().schedule(() -> done(Result.SUCCEEDED, ""), millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void dialFailed(DialFailure failure, Throwable cause) {
    Result result =
        switch (failure) {
          case REFUSED -> DialFailure.isRefusal(cause) ? Result.REFUSED : Result.FAILED;
          case RESOURCES -> Result.UNKNOWN;
          case TIMEOUT, TLS -> Result.FAILED;
        };
    done(result, String.valueOf(cause.getMessage()));
  }

  private void answered(Get wanted, HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      done(Result.FAILED, at("GET " + wanted.path() + ": no HTTP response"));
      return;
    }
    status = response.status().code();
    if (wanted.statuses().contains(status)) {
      done(Result.SUCCEEDED, "");
    } else {
      done(Result.FAILED, at("GET " + wanted.path() + ": " + status + certificateHint()));
    }
  }

  /** nginx completes the handshake whatever the certificate is, and then answers with 400. */
  private String certificateHint() {
    if (status != HttpResponseStatus.BAD_REQUEST.code() || asked == null) {
      return "";
    }
    return asked.isShown()
        ? ": it may refuse the client certificate that it asked for and was shown"
        : ": it asked for a client certificate, and the gateway has none";
  }

  private void done(Result result, String reason) {
    if (done) {
      return;
    }
    done = true;
    patience.stop();
    if (channel != null) {
      channel.close();
    }
    Duration answerTook =
        dialTook == null || get == null || result != Result.SUCCEEDED
            ? null
            : sinceBegin().minus(dialTook);
    observer.done(new Outcome(result, reason, address, dialTook, status, answerTook));
  }

  private Duration sinceBegin() {
    return Duration.ofNanos(System.nanoTime() - begunAt);
  }

  private final class Answer extends SimpleChannelInboundHandler<HttpObject> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (get != null && message instanceof HttpResponse response) {
        answered(get, response);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      done(Result.FAILED, at("closed without an answer"));
    }

    /** In TLS 1.3 a server may reject a client after the client has completed its handshake. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      if (tls != null
          && (cause instanceof SSLException || cause.getCause() instanceof SSLException)) {
        TlsReason reason =
            TlsReason.of(
                ClientCertificate.explained(tls.engine(), cause), upstream.settings().serverName());
        upstream.tlsFailed(reason.fault());
        done(Result.FAILED, at(reason.text()));
      } else {
        done(Result.FAILED, at(String.valueOf(cause.getMessage())));
      }
      ctx.close();
    }
  }
}
