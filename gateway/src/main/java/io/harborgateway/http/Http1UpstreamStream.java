package io.harborgateway.http;

import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.HeadWriter;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.ResponseHeadParser;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.DialFailure;
import io.harborgateway.upstream.Pool;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on a pooled or new HTTP/1.1 connection. What the exchange passes on before there is a
 * connection waits here.
 *
 * <p>The request is sent once more, on a new connection, if a pooled one breaks under it: if its
 * head could not be written, whatever its method; and if no byte of a response arrived, provided it
 * is idempotent (RFC 9110 section 9.2.2) and none of its body was written. Otherwise nothing is
 * sent twice.
 *
 * <p>Confined to the event loop of the exchange. Owns the waiting buffers and, until the response
 * is complete, its connection.
 */
final class Http1UpstreamStream implements UpstreamStream, Connector.Callback {
  private static final Logger LOG = LoggerFactory.getLogger(Http1UpstreamStream.class);

  private final HttpService service;
  private final UpstreamPools target;
  private final Exchange exchange;
  private final EventLoop loop;
  private final boolean idempotent;
  private final Pool<Http1Upstream> pool;
  private final int answersBefore;

  /**
   * What is still to be written: the whole request until there is a connection, and then, if that
   * is a pooled one, what may have to be written again.
   */
  private @Nullable ByteBuf head;

  private @Nullable ArrayDeque<ByteBuf> body; // created on demand: most requests have no body

  private @Nullable Http1Upstream connection;
  private boolean requestDone;
  private boolean aborted;

  /**
   * @param loop event loop of the exchange
   * @param idempotent whether the request may be sent again even if it may have been processed
   */
  Http1UpstreamStream(
      HttpService service,
      UpstreamPools target,
      Exchange exchange,
      EventLoop loop,
      boolean idempotent) {
    this.service = service;
    this.target = target;
    this.exchange = exchange;
    this.loop = loop;
    this.idempotent = idempotent;
    pool = target.pool(loop);
    answersBefore = pool.answers();
  }

  // ---- from the exchange

  @Override
  public void sendHead(RequestHead view, FieldEdits edits) {
    assert loop.inEventLoop() && head == null;
    head = HeadWriter.request(view, edits, exchange.allocator());
  }

  @Override
  public void start() {
    assert loop.inEventLoop();
    Http1Upstream idle = target.take(loop);
    if (idle == null) {
      dial();
    } else {
      target.meters().reused();
      attachKept(idle);
    }
  }

  @Override
  public void write(ByteBuf data) {
    assert loop.inEventLoop() && !aborted;
    Http1Upstream current = connection;
    if (current == null) {
      if (body == null) {
        body = new ArrayDeque<>(2);
      }
      body.add(data);
    } else {
      releaseWaiting(); // no longer everything that would have to be written again
      current.write(data);
    }
  }

  @Override
  public void end() {
    requestDone = true;
  }

  @Override
  public void flush() {
    if (connection != null) {
      connection.flush();
    }
  }

  @Override
  public void read() {
    if (connection != null) {
      connection.read();
    }
  }

  @Override
  public void abort() {
    assert loop.inEventLoop();
    aborted = true;
    releaseWaiting();
    if (connection != null) {
      connection.abort();
    }
  }

  @Override
  public @Nullable Channel channel() {
    return connection == null ? null : connection.channel();
  }

  @Override
  public boolean isWritable() {
    return connection != null && connection.isWritable();
  }

  @Override
  public void isSlow() {
    if (pool.answers() == answersBefore) {
      target.upstream().silent();
    }
  }

  @Override
  public long heldBytes() {
    long bytes = connection == null ? 0 : connection.heldBytes();
    if (head != null) {
      bytes += head.capacity();
    }
    if (body != null) {
      for (ByteBuf data : body) {
        bytes += data.capacity();
      }
    }
    return bytes;
  }

  // ---- the connection

  private void dial() {
    exchange.dialling();
    service.connector().dial(loop, target.upstream(), false, this);
  }

  @Override
  public void dialled(Channel channel) {
    if (aborted) {
      channel.close();
      return;
    }
    target.meters().dialled();
    var dialled =
        new Http1Upstream(
            pool,
            target.upstream().settings().idleTimeout(),
            service.deadlines(loop),
            new ResponseHeadParser(service.loop(loop).responseHead, exchange.headLimits()));
    channel.pipeline().addLast(Http1Upstream.NAME, dialled);
    begin(dialled);
    writeAll(dialled);
    proceed(dialled);
  }

  @Override
  public void dialFailed(DialFailure failure, Throwable cause) {
    target.meters().dialFailed(failure.code());
    target.upstream().dialFailed(cause);
    LOG.debug("dial failed: upstream={} cause={}", target.upstream(), String.valueOf(cause));
    exchange.fail(
        switch (failure) {
          case REFUSED -> Failure.UPSTREAM_REFUSED;
          case TIMEOUT -> Failure.UPSTREAM_CONNECT_TIMEOUT;
          case TLS -> Failure.UPSTREAM_TLS;
          case RESOURCES -> Failure.OUT_OF_DESCRIPTORS;
        });
  }

  /**
   * Uses a pooled connection. The upstream may be closing it right now, so what is written is kept.
   */
  private void attachKept(Http1Upstream kept) {
    begin(kept);
    ByteBuf sent = Objects.requireNonNull(head).retainedDuplicate();
    if (idempotent && body == null) {
      kept.write(sent);
    } else {
      kept.writeHead(sent).addListener(written -> headWritten(kept, written));
      if (body != null) {
        body.forEach(data -> kept.write(data.retainedDuplicate()));
      }
    }
    proceed(kept);
  }

  /** Writes everything to a new connection; nothing of it is ever written again. */
  private void writeAll(Http1Upstream dialled) {
    ByteBuf first = Objects.requireNonNull(head);
    ArrayDeque<ByteBuf> rest = body;
    head = null;
    body = null;
    dialled.write(first);
    if (rest != null) {
      rest.forEach(dialled::write);
    }
  }

  private void begin(Http1Upstream found) {
    connection = found;
    exchange.connected();
    found.begin(this);
  }

  private void proceed(Http1Upstream found) {
    found.flush();
    if (connection == found && !aborted) {
      exchange.upstreamWritable();
    }
  }

  // ---- the repeat

  /**
   * Handles the outcome of writing the head. A server that has not received a whole head can't have
   * begun to process the request.
   */
  private void headWritten(Http1Upstream kept, Future<? super Void> written) {
    if (written.isSuccess()) {
      releaseWaiting();
    } else if (connection == kept && repeat()) {
      kept.abort();
    }
  }

  /** Sends the request on a new connection, if everything written has been kept. */
  private boolean repeat() {
    if (head == null) {
      return false;
    }
    connection = null;
    exchange.repeats();
    target.meters().repeated();
    dial();
    return true;
  }

  private void releaseWaiting() {
    if (head != null) {
      head.release();
      head = null;
    }
    if (body != null) {
      body.forEach(ByteBuf::release);
      body = null;
    }
  }

  // ---- from the connection

  Exchange exchange() {
    return exchange;
  }

  /** The first byte of a response has arrived, even of an interim one: nothing is written again. */
  void answerBegins() {
    releaseWaiting();
  }

  /** TLS has failed before a byte of a response arrived. */
  void tlsFailed(SslHandler tls, Throwable cause) {
    if (target.upstream().refusesClient(tls, cause)) {
      exchange.fail(Failure.UPSTREAM_TLS);
    }
  }

  /** The upstream has closed the connection before the head of its final response. */
  void closed() {
    if (!repeat()) {
      exchange.fail(Failure.UPSTREAM_CLOSED);
    }
  }

  /**
   * The response is complete.
   *
   * @param reusable whether the connection may carry another exchange
   */
  void responseEnd(boolean reusable) {
    releaseWaiting();
    Http1Upstream current = connection;
    if (current != null) {
      if (reusable && requestDone && isAtUpstream(current)) {
        current.keep();
      } else {
        current.abort();
      }
    }
    exchange.responseEnd();
  }

  /**
   * Whether the connection's address is still one of the upstream's: its name may resolve elsewhere
   * since the dial.
   */
  private boolean isAtUpstream(Http1Upstream current) {
    return target.upstream().isAt(current.channel().remoteAddress());
  }
}
