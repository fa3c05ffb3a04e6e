package io.harborgateway.http;

import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.HeadLimits;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.http.head.ResponseHeadParser;
import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.WriteProgress;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.DialFailure;
import io.harborgateway.upstream.Pool;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response: owner of the upstream connection for its time, and of the time
 * limits between the two sides. It knows neither how the front nor how the upstream frames them.
 *
 * <p>Request: the front {@linkplain #requestBody hands over} the head as bytes and the body, and
 * then {@linkplain #start starts} the exchange; what comes before the upstream connection is there
 * waits here, and the front reads no more until then. Response: the upstream connection calls the
 * {@code response…} methods, which pass on to the front. It ends exactly once: completed, failed,
 * or because the client is gone.
 *
 * <p>Confined to the event loop of both connections. A request is sent once more, on a new
 * connection, if a kept one broke under it: when its head could not be written, whatever its
 * method, and when not a byte of an answer came, if it is idempotent (RFC 9110 section 9.2.2) and
 * nothing of a body was written. Otherwise nothing is sent twice.
 */
final class Exchange implements Connector.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /**
   * After so long without an answer the upstream is checked at once, if it has answered nothing
   * else on this event loop meanwhile: most requests are answered in a tenth of it.
   */
  private static final Duration SILENCE = Duration.ofMillis(500);

  private enum State {
    CONNECTING,
    AWAITING_RESPONSE,
    RESPONDING,
    ENDED
  }

  private final HttpService service;
  private final HttpService.Settings settings;
  private final Front front;
  private final RequestRecord facts;
  private final UpstreamPools target;
  private final @Nullable String upgradeAsked;
  private final Deadline deadline;
  private final WriteProgress progress = new WriteProgress();

  /**
   * What the upstream connection is still to get: all of the request until there is one, and then,
   * if that is a kept one, what may have to be written again.
   */
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);

  private State state = State.CONNECTING;
  private @Nullable Http1Upstream connection;
  private boolean requestDone;
  private @Nullable Pool<Http1Upstream> pool;
  private int answersBefore;
  private boolean listensForSilence; // the limit that is set is SILENCE, not the response's
  private int status;
  private boolean awaitsContinue; // the client waits for a 100 before it sends the body
  private long receivedAtWindow;
  private int slowWindows = -1; // the window in which it began is not a whole one
  private long receivedBytes;
  private long sentBytes;

  /**
   * @param settings of the front connection
   * @param upgradeAsked the value of the Upgrade field that goes upstream, or null
   * @param deadline of the front connection, which hands its expiry to {@link #expired}
   */
  Exchange(
      HttpService service,
      HttpService.Settings settings,
      Front front,
      RequestRecord facts,
      UpstreamPools target,
      @Nullable String upgradeAsked,
      Deadline deadline) {
    this.service = service;
    this.settings = settings;
    this.front = front;
    this.facts = facts;
    this.target = target;
    this.upgradeAsked = upgradeAsked;
    this.deadline = deadline;
  }

  boolean toHead() {
    return facts.toHead;
  }

  @Nullable String upgradeAsked() {
    return upgradeAsked;
  }

  /** The limits of the response's head. */
  HeadLimits headLimits() {
    return settings.heads();
  }

  boolean keepsChunks() {
    return front.keepsChunks();
  }

  // ---- the request, from the front

  /** Takes the head as it goes upstream. To be called first; the buffer then belongs to this. */
  void requestHead(ByteBuf head) {
    waiting.add(head);
  }

  /** Takes a piece of the body, which then belongs to this. */
  void requestBody(ByteBuf data) {
    if (state == State.ENDED) {
      data.release();
      return;
    }
    receivedBytes += data.readableBytes();
    if (connection == null) {
      waiting.add(data);
    } else {
      releaseWaiting(); // no longer all that would have to be written again
      connection.write(data);
      moved();
    }
  }

  /** The client asked for a 100 (Continue), and may wait for it with the body. */
  void awaitsContinue() {
    awaitsContinue = true;
  }

  void requestEnd() {
    requestDone = true;
    limitTime();
  }

  void flushRequest() {
    if (connection != null) {
      connection.flush();
    }
  }

  /** Tells whether the front may read more of the request. */
  boolean takesRequest() {
    return connection != null && memory().takesMore(connection.channel());
  }

  /** Takes a kept connection, or dials. */
  void start() {
    EventLoop loop = front.channel().eventLoop();
    pool = target.pool(loop);
    answersBefore = pool.answers();
    Http1Upstream idle = target.take(loop);
    if (idle == null) {
      dial();
    } else {
      target.meters().reused();
      attachKept(idle);
    }
  }

  private void dial() {
    listensForSilence = false;
    deadline.after(SILENCE); // and no other: the connector has limits of its own
    service.connector().dial(front.channel().eventLoop(), target.upstream(), false, this);
  }

  @Override
  public void dialled(Channel channel) {
    if (state == State.ENDED) {
      channel.close();
      return;
    }
    target.meters().dialled();
    EventLoop loop = channel.eventLoop();
    var dialled =
        new Http1Upstream(
            target.pool(loop),
            target.upstream().settings().idleTimeout(),
            service.deadlines(loop),
            new ResponseHeadParser(service.loop(loop).responseHead, settings.heads()));
    channel.pipeline().addLast(Http1Upstream.NAME, dialled);
    attach(dialled);
  }

  @Override
  public void dialFailed(DialFailure failure, Throwable cause) {
    target.meters().dialFailed(failure.name().toLowerCase(Locale.ROOT));
    target.upstream().dialFailed(cause);
    LOG.debug("dial failed: upstream={} cause={}", target.upstream(), String.valueOf(cause));
    fail(
        switch (failure) {
          case REFUSED -> Failure.UPSTREAM_REFUSED;
          case TIMEOUT -> Failure.UPSTREAM_CONNECT_TIMEOUT;
          case TLS -> Failure.UPSTREAM_TLS;
          case RESOURCES -> Failure.OUT_OF_DESCRIPTORS;
        });
  }

  private void attach(Http1Upstream upstream) {
    begin(upstream);
    for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
      upstream.write(data);
    }
    proceed(upstream);
  }

  /** The upstream may be closing this connection right now: what is written stays at hand. */
  private void attachKept(Http1Upstream upstream) {
    begin(upstream);
    if (facts.idempotent && waiting.size() == 1) {
      upstream.write(waiting.element().retainedDuplicate());
    } else {
      boolean isHead = true;
      for (ByteBuf data : waiting) {
        if (isHead) {
          upstream
              .writeHead(data.retainedDuplicate())
              .addListener(written -> headWritten(upstream, written));
        } else {
          upstream.write(data.retainedDuplicate());
        }
        isHead = false;
      }
    }
    proceed(upstream);
  }

  private void begin(Http1Upstream upstream) {
    connection = upstream;
    state = State.AWAITING_RESPONSE;
    upstream.begin(this);
  }

  private void proceed(Http1Upstream upstream) {
    limitTime();
    upstream.flush();
    if (connection == upstream && !requestDone) {
      front.resumeRequest();
    }
  }

  // ---- the repeat

  /** A server that has not got the whole of a head can't have begun to serve the request. */
  private void headWritten(Http1Upstream upstream, Future<? super Void> written) {
    if (written.isSuccess()) {
      releaseWaiting();
    } else if (connection == upstream && repeat()) {
      upstream.abort();
    }
  }

  /** The first byte of an answer has come, be it an interim one: nothing is written again. */
  void answerBegins() {
    releaseWaiting();
  }

  /** The upstream has closed the connection before the head of its final response. */
  void upstreamClosed() {
    if (!repeat()) {
      fail(Failure.UPSTREAM_CLOSED);
    }
  }

  /** Sends the request by a new connection, if all that was written is at hand. */
  private boolean repeat() {
    if (state != State.AWAITING_RESPONSE || waiting.isEmpty()) {
      return false;
    }
    connection = null;
    state = State.CONNECTING;
    deadline.clear();
    facts.retry = AccessLog.Retry.HERE;
    target.meters().repeated();
    dial();
    return true;
  }

  private void releaseWaiting() {
    for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
      data.release();
    }
  }

  // ---- the response, from the upstream connection

  void informational(ResponseHead head) {
    awaitsContinue = false;
    front.informational(head);
    moved();
  }

  void responseHead(ResponseHead head, long framing) {
    state = State.RESPONDING;
    status = head.status;
    front.respond(head, framing);
    moved();
  }

  /** Passes on a piece of the body, which then belongs to the front. */
  void responseBody(ByteBuf data) {
    sentBytes += data.readableBytes();
    front.writeBody(data);
    moved();
  }

  /**
   * @param reusable whether the upstream connection may carry another exchange
   */
  void responseEnd(boolean reusable) {
    end();
    Http1Upstream upstream = connection;
    if (upstream != null) {
      if (reusable && requestDone) {
        upstream.keep();
      } else {
        upstream.abort();
      }
    }
    service.completed(facts, status, receivedBytes, sentBytes, null);
    front.completed();
  }

  /** Hands both connections to a tunnel; bytes are counted by it. */
  void tunnel(ResponseHead head, Channel upstream, @Nullable ByteBuf early) {
    end();
    front.tunnel(head, upstream, early);
  }

  void flushResponse() {
    front.flush();
  }

  /** Tells whether the upstream connection may read more of the response. */
  boolean takesResponse() {
    return memory().takesMore(front.channel());
  }

  private MemoryGuard memory() {
    return service.loop(front.channel().eventLoop()).memory;
  }

  /** Number of bytes, about, that this side of the exchange holds. */
  long heldBytes() {
    long bytes = connection == null ? 0 : connection.heldBytes();
    for (ByteBuf data : waiting) {
      bytes += data.capacity();
    }
    return bytes;
  }

  /** Number of bytes of both bodies so far. */
  long movedBytes() {
    return receivedBytes + sentBytes;
  }

  /**
   * A window of the {@link LeastRate} is over: the exchange fails if too many in a row brought
   * less.
   */
  void checkRate(long leastBytes) {
    boolean clientSends =
        !requestDone
            && connection != null
            && connection.isWritable()
            && !(awaitsContinue && receivedBytes == 0);
    boolean slow = clientSends && receivedBytes - receivedAtWindow < leastBytes;
    receivedAtWindow = receivedBytes;
    slowWindows = slow ? slowWindows + 1 : 0;
    if (slowWindows == LeastRate.WINDOWS) {
      fail(Failure.CLIENT_TIMEOUT);
    }
  }

  void upstreamWritable() {
    if (!requestDone) {
      front.resumeRequest();
    }
  }

  // ---- ends

  /** The client takes bytes again. */
  void frontWritable() {
    if (connection != null && state != State.ENDED) {
      connection.read();
    }
  }

  /** The client is gone: the upstream connection is closed at once. */
  void clientGone() {
    if (state != State.ENDED) {
      end();
      abortUpstream();
      service.completed(
          facts, Failure.CLIENT_GONE.status(), receivedBytes, sentBytes, Failure.CLIENT_GONE);
    }
  }

  void fail(Failure failure) {
    if (state == State.ENDED) {
      return;
    }
    Front.Answer answer =
        state == State.RESPONDING
            ? Front.Answer.CUT
            : front.isLeftToRouter(failure) ? Front.Answer.SILENCE : Front.Answer.RESPONSE;
    end();
    abortUpstream();
    int seen =
        switch (answer) {
          case CUT -> status;
          case RESPONSE -> failure.status();
          case SILENCE -> {
            facts.retry = AccessLog.Retry.ELSEWHERE;
            yield 0;
          }
        };
    service.completed(facts, seen, receivedBytes, sentBytes, failure);
    front.failed(failure, answer);
  }

  /** The time limit has passed. */
  void expired() {
    Http1Upstream upstream = connection;
    if (upstream == null || listensForSilence) {
      silent();
      return;
    }
    if (progress.since(front.channel(), upstream.channel())) {
      limitTime();
    } else if (state == State.RESPONDING) {
      fail(front.channel().isWritable() ? Failure.UPSTREAM_TRUNCATED : Failure.CLIENT_TIMEOUT);
    } else {
      boolean clientStalls = !requestDone && upstream.isWritable();
      fail(clientStalls ? Failure.CLIENT_TIMEOUT : Failure.UPSTREAM_SILENT);
    }
  }

  /** A dial or an answer takes longer than usual. */
  private void silent() {
    if (pool != null && pool.answers() == answersBefore) {
      target.upstream().silent();
    }
    if (listensForSilence) {
      listensForSilence = false;
      deadline.prolong(settings.response().minus(SILENCE));
    }
  }

  /** Something was written to either side. */
  private void moved() {
    progress.restart();
    limitTime();
  }

  private void limitTime() {
    if (connection != null && state != State.ENDED) {
      boolean awaits = state == State.AWAITING_RESPONSE && requestDone;
      Duration limit = awaits ? settings.response() : settings.inactivity();
      listensForSilence = awaits && limit.compareTo(SILENCE) > 0;
      deadline.after(listensForSilence ? SILENCE : limit);
    }
  }

  private void end() {
    state = State.ENDED;
    deadline.clear();
    releaseWaiting();
  }

  private void abortUpstream() {
    if (connection != null) {
      connection.abort();
    }
  }
}
