package io.harborgateway.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers admin requests one after the other.
 *
 * <p>Receives a {@link FullHttpRequest} for each read it asks for (auto-read is off, a {@code
 * FlowControlHandler} precedes it) and releases it; writes one full response for each, and reads
 * the next once that is written, so that pipelined requests are answered in order. Answers are
 * computed on {@code workers}, never on the event loop. Closes on an error, and when idle.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
  private static final String READS = "GET, HEAD";
  private static final String ACTS = "POST";

  private final AdminResources resources;
  private final AdminRules rules;
  private final boolean local;
  private final RequestDeadline deadline;
  private final AdminConnections connections;
  private final Executor workers;
  private boolean reading; // confined to the event loop

  /**
   * @param local whether the connection came in on the unix socket
   * @param deadline deadline of requests, notified of each
   * @param connections notified when this one becomes busy or idle
   */
  AdminHandler(
      AdminResources resources,
      AdminRules rules,
      boolean local,
      RequestDeadline deadline,
      AdminConnections connections,
      Executor workers) {
    this.resources = resources;
    this.rules = rules;
    this.local = local;
    this.deadline = deadline;
    this.connections = connections;
    this.workers = workers;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.fireChannelActive();
    read(ctx);
  }

  /**
   * What was read was not yet a complete request: by its contract the preceding handler drops the
   * read request.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reading) {
      ctx.read();
    }
    ctx.fireChannelReadComplete();
  }

  private void read(ChannelHandlerContext ctx) {
    reading = true;
    ctx.read();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    reading = false;
    deadline.met();
    connections.busy(ctx.channel());
    if (request.decoderResult().isFailure()) {
      write(ctx, response(malformed(request.decoderResult().cause()), false));
      ctx.close();
      return;
    }
    String uri = request.uri();
    String path = path(uri);
    HttpMethod method = request.method();
    boolean isAction = AdminResources.ACTIONS.contains(path);
    boolean head = method.equals(HttpMethod.HEAD);
    AdminResponse refusal =
        rules.refusal(request, local, isAction && method.equals(HttpMethod.POST));
    if (refusal != null) {
      write(ctx, response(refusal, head));
    } else if (isAction
        ? !method.equals(HttpMethod.POST)
        : !head && !method.equals(HttpMethod.GET)) {
      write(ctx, methodNotAllowed(method, isAction ? ACTS : READS));
    } else {
      workers.execute(
          () -> write(ctx, response(isAction ? resources.post(uri) : resources.get(path), head)));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("admin connection failed", cause);
    ctx.close();
  }

  /** May be called on any thread: the channel moves the write to its event loop. */
  private void write(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (connections.isEnding()) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ctx.writeAndFlush(response)
        .addListener(written -> {
          if (written.isSuccess() && !connections.isEnding()) {
            connections.idle(ctx.channel());
            read(ctx);
          } else {
            ctx.close();
          }
        });
  }

  private static AdminResponse malformed(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException e ->
          AdminResponse.text(
              HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
      case TooLongHttpHeaderException e ->
          AdminResponse.text(
              HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head is too large");
      default -> AdminResponse.text(HttpResponseStatus.BAD_REQUEST, "not an HTTP request");
    };
  }

  private static FullHttpResponse methodNotAllowed(HttpMethod method, String allowed) {
    FullHttpResponse response =
        response(
            AdminResponse.text(
                HttpResponseStatus.METHOD_NOT_ALLOWED,
                "method: %s (expected: one of %s)".formatted(method.name(), allowed)),
            false);
    response.headers().set(HttpHeaderNames.ALLOW, allowed);
    return response;
  }

  private static FullHttpResponse response(AdminResponse answer, boolean head) {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            answer.status(),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    return response;
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
