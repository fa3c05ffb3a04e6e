package io.harborgateway.http;

import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.HeadLimits;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.WriteProgress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, and the time limits between the two sides. It knows its client only
 * as a {@link Front} and its upstream only as an {@link UpstreamStream}.
 *
 * <p>Request: the front {@linkplain #requestBody hands over} the head and the body, and then
 * {@linkplain #start starts} the exchange; it reads no more until the upstream is connected.
 * Response: the upstream calls the {@code response…} methods, which forward to the front. An
 * exchange ends exactly once: completed, failed, or because the client is gone. Confined to the
 * event loop of both sides.
 */
final class Exchange {
  /**
   * After this long without an answer, the upstream is checked at once unless it has answered
   * something else on this event loop in the meantime. Most requests are answered in a tenth of it.
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
  private final UpstreamStream upstream;
  private final @Nullable String upgradeAsked;
  private final Deadline deadline;
  private final WriteProgress progress = new WriteProgress();
  private State state = State.CONNECTING;
  private boolean requestDone;
  private boolean listensForSilence; // the current limit is SILENCE, not the response timeout
  private int status;
  private boolean awaitsContinue; // the client waits for a 100 before sending the body
  private long receivedAtWindow;
  private int slowWindows = -1; // does not count the partial window in which it began
  private long receivedBytes;
  private long sentBytes;

  /**
   * @param settings settings of the front connection
   * @param upgradeAsked value of the Upgrade field sent upstream, or null
   * @param deadline deadline of the front connection, which calls {@link #expired}
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
    this.upgradeAsked = upgradeAsked;
    this.deadline = deadline;
    this.upstream = target.open(service, this, front.channel().eventLoop(), facts.idempotent);
  }

  /** The only place where the state changes. */
  private void enter(State next) {
    assert front.channel().eventLoop().inEventLoop();
    assert state != State.ENDED : next;
    state = next;
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

  ByteBufAllocator allocator() {
    return front.channel().alloc();
  }

  boolean keepsChunks() {
    return front.keepsChunks();
  }

  // ---- the request, from the front

  /** Accepts the head as it goes upstream; must be called first. */
  void requestHead(RequestHead head, FieldEdits edits) {
    upstream.sendHead(head, edits);
  }

  /** Accepts a piece of the body and takes ownership of it. */
  void requestBody(ByteBuf data) {
    assert front.channel().eventLoop().inEventLoop();
    if (state == State.ENDED) {
      data.release();
      return;
    }
    receivedBytes += data.readableBytes();
    upstream.write(data);
    moved();
  }

  /** The client expects a 100 (Continue), and may wait for it before sending the body. */
  void awaitsContinue() {
    awaitsContinue = true;
  }

  void requestEnd() {
    requestDone = true;
    upstream.end();
    limitTime();
  }

  void flushRequest() {
    upstream.flush();
  }

  /** Returns whether the front may read more of the request. */
  boolean takesRequest() {
    Channel channel = upstream.channel();
    return channel != null && memory().takesMore(channel);
  }

  void start() {
    upstream.start();
  }

  // ---- the connection, from the upstream

  /** Dialling of the upstream has begun. */
  void dialling() {
    enter(State.CONNECTING);
    listensForSilence = false;
    deadline.after(SILENCE); // no other limit: the connector has its own
  }

  /** A connection is available, on which the request is now sent. */
  void connected() {
    enter(State.AWAITING_RESPONSE);
    limitTime();
  }

  /** The request is being sent once more. */
  void repeats() {
    facts.retry = AccessLog.Retry.HERE;
  }

  // ---- the response, from the upstream

  void informational(ResponseHead head) {
    awaitsContinue = false;
    front.informational(head);
    moved();
  }

  void responseHead(ResponseHead head, long bodyLength) {
    enter(State.RESPONDING);
    status = head.status;
    front.respond(head, bodyLength);
    moved();
  }

  /** Passes on a piece of the body, handing its ownership to the front. */
  void responseBody(ByteBuf data) {
    sentBytes += data.readableBytes();
    front.writeBody(data);
    moved();
  }

  void responseEnd() {
    end();
    service.completed(facts, status, receivedBytes, sentBytes, null);
    front.completed();
  }

  /** Hands both connections to a tunnel, which counts the bytes. */
  void tunnel(ResponseHead head, Channel connection, @Nullable ByteBuf early) {
    end();
    front.tunnel(head, connection, early);
  }

  void flushResponse() {
    front.flush();
  }

  /** Returns whether the upstream connection may read more of the response. */
  boolean takesResponse() {
    return memory().takesMore(front.channel());
  }

  private MemoryGuard memory() {
    return service.loop(front.channel().eventLoop()).memory;
  }

  /** Approximate number of bytes held by the upstream's side of the exchange. */
  long heldBytes() {
    return upstream.heldBytes();
  }

  /** Number of bytes of both bodies so far. */
  long movedBytes() {
    return receivedBytes + sentBytes;
  }

  /**
   * A window of the {@link LeastRate} has ended: the exchange fails if too many in a row brought
   * less.
   */
  void checkRate(long leastBytes) {
    boolean clientSends =
        !requestDone && upstream.isWritable() && !(awaitsContinue && receivedBytes == 0);
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

  /** The client accepts bytes again. */
  void frontWritable() {
    if (state != State.ENDED) {
      upstream.read();
    }
  }

  /** The client is gone: the upstream connection is closed at once. */
  void clientGone() {
    if (state != State.ENDED) {
      end();
      upstream.abort();
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
    upstream.abort();
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
    Channel connection = upstream.channel();
    if (connection == null || listensForSilence) {
      silent();
    } else if (progress.since(front.channel(), connection)) {
      limitTime();
    } else if (state == State.RESPONDING) {
      fail(front.channel().isWritable() ? Failure.UPSTREAM_TRUNCATED : Failure.CLIENT_TIMEOUT);
    } else {
      boolean clientStalls = !requestDone && upstream.isWritable();
      fail(clientStalls ? Failure.CLIENT_TIMEOUT : Failure.UPSTREAM_SILENT);
    }
  }

  /** A dial or an answer is taking longer than usual. */
  private void silent() {
    upstream.isSlow();
    if (listensForSilence) {
      listensForSilence = false;
      deadline.prolong(settings.response().minus(SILENCE));
    }
  }

  /** Bytes have moved in either direction. */
  private void moved() {
    progress.restart();
    limitTime();
  }

  private void limitTime() {
    if (state != State.CONNECTING && state != State.ENDED) {
      boolean awaits = state == State.AWAITING_RESPONSE && requestDone;
      Duration limit = awaits ? settings.response() : settings.inactivity();
      listensForSilence = awaits && limit.compareTo(SILENCE) > 0;
      deadline.after(listensForSilence ? SILENCE : limit);
    }
  }

  private void end() {
    enter(State.ENDED);
    deadline.clear();
  }
}
