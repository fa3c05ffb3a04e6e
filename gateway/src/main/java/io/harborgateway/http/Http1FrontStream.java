package io.harborgateway.http;

import io.harborgateway.http.Http1Requests.State;
import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.Field;
import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.MaxForwards;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.RequestHeadParser;
import io.harborgateway.http.head.RequestRules;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.relay.Relay;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.Buffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.internal.OutOfDirectMemoryError;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the requests of an HTTP/1.1 connection, one after the other: gets each
 * admitted or refused, runs an {@link Exchange} for it, and gets its response written.
 *
 * <p>Confined to the connection's event loop.
 */
final class Http1FrontStream implements Front {
  /** Time limit for discarding the rest of a body: far more than an active sender needs. */
  static final Duration DISCARD_TIME = Duration.ofSeconds(2);

  private final Http1Front front;
  private final FrontConnection connection;
  private final HttpService service;
  private final Http1Requests requests;
  private final Http1Responses responses;
  private @Nullable Exchange exchange;
  private RequestRecord facts;
  private boolean fresh = true; // no request has been answered yet

  Http1FrontStream(Http1Front front, FrontConnection connection) {
    this.front = front;
    this.connection = connection;
    this.service = connection.service();
    this.requests = new Http1Requests(front, this, connection);
    this.responses = new Http1Responses(connection);
    this.facts = new RequestRecord(connection.settings().listener(), "-", 0, connection.tls());
  }

  Http1Requests requests() {
    return requests;
  }

  @Override
  public Channel channel() {
    return connection.channel();
  }

  /** The exchange of the current request; null between requests, and for requests answered here. */
  @Nullable Exchange exchange() {
    return exchange;
  }

  // ---- a request

  void headBegins() {
    facts =
        new RequestRecord(
            connection.settings().listener(),
            connection.client().address().toString(),
            System.nanoTime(),
            connection.tls());
  }

  /**
   * A head has been parsed.
   *
   * @param head a view, valid only during the call
   * @param in what was received after it
   */
  void request(RequestHead head, ByteBuf in) {
    assert connection.inEventLoop();
    HttpService.Loop loop = connection.loop();
    responses.begin(head);
    Failure failure = loop.gate.admit(head, service.routes(), connection.certificateOf());
    record(head, loop);
    facts.instance = loop.gate.instance();
    requests.beginBody(head, loop.gate.bodyLength());
    if (failure != null) {
      refuse(failure);
      return;
    }
    Instance instance = Objects.requireNonNull(facts.instance);
    String challenge = service.challenge(head);
    if (challenge != null) {
      answerItself(challenge);
    } else if (MaxForwards.of(head) == 0) {
      answerItself(head);
    } else if (service.isDown(instance)) {
      refuseAsDown();
    } else if (loop.memory.isExhausted()) {
      refuse(Failure.OUT_OF_MEMORY);
    } else {
      start(head, in, instance);
    }
  }

  private void record(RequestHead head, HttpService.Loop loop) {
    facts.take(head);
    facts.client = connection.terms().requestRules.forwardedClient(head, connection.client());
    if (service.wantsTexts()) {
      facts.takeTexts(head);
      facts.certificate = connection.certificate();
      if (facts.requestId == null) {
        facts.requestId = loop.nextRequestId();
      }
    }
  }

  private void start(RequestHead head, ByteBuf in, Instance instance) {
    String upgrade = RequestRules.upgradeAsked(head, requests.bodyLength());
    FieldEdits edits = connection.loop().edits;
    connection.terms().requestRules.edit(head, connection.client(), facts.client, upgrade, edits);
    var next =
        new Exchange(
            service,
            connection.settings(),
            this,
            facts,
            service.upstream(instance),
            upgrade,
            connection.deadline());
    next.requestHead(head, edits);
    exchange = next;
    if (requests.bodyLength() != BodyLength.NONE && connection.hasLeastRate()) {
      connection.loop().leastRate.watch();
    }
    if (head.indexOf(Field.EXPECT, 0) >= 0) {
      next.awaitsContinue();
    }
    requests.pass(in);
    if (exchange == next) {
      next.start();
    }
  }

  @Override
  public void resumeRequest() {
    front.readIfWanted();
  }

  // ---- a response of the upstream

  @Override
  public boolean keepsChunks() {
    return responses.takesChunks();
  }

  @Override
  public void informational(ResponseHead head) {
    if (head.status == 100 && responses.takesChunks()) {
      requests.continued();
    }
    responses.informational(head);
  }

  @Override
  public void respond(ResponseHead head, long bodyLength) {
    assert connection.inEventLoop();
    responses.keepIf(mayGoOn());
    responses.head(head, bodyLength);
  }

  /** Whether the connection may persist after the response whose head is written next. */
  private boolean mayGoOn() {
    return requests.canSkipRest() && !service.announcesClose();
  }

  @Override
  public void writeBody(ByteBuf data) {
    responses.body(data);
  }

  @Override
  public void flush() {
    connection.context().flush();
  }

  @Override
  public void completed() {
    assert connection.inEventLoop();
    exchange = null;
    responses.end();
    // The listeners may have been closed since the response's head was written.
    responses.keepIf(!service.keepsNone());
    goOn();
  }

  @Override
  public void tunnel(ResponseHead head, Channel upstream, @Nullable ByteBuf early) {
    assert connection.inEventLoop();
    exchange = null;
    requests.close();
    responses.upgrade(head);
    ByteBuf earlyToo = requests.takeUnparsed();
    Relay relay = service.newTunnel(channel(), upstream, connection.settings().inactivity(), facts);
    connection.context().pipeline().remove(front);
    relay.start(earlyToo, early);
  }

  // ---- a response of the gateway's own

  /** Answers a request that Max-Forwards does not let go any further (RFC 9110 section 7.6.2). */
  private void answerItself(RequestHead head) {
    if (head.methodIs("TRACE")) { // would show a page the cookies and tokens it must not see
      refuse(Failure.METHOD_NOT_ALLOWED);
      return;
    }
    responses.keepIf(mayGoOn());
    requests.answered();
    service.completed(facts, 200, 0, 0, null);
    responses.options(facts);
    goOn();
  }

  /** Answers a request for one of the {@link ChallengeFiles}. */
  private void answerItself(String challenge) {
    responses.keepIf(mayGoOn());
    requests.answered();
    service.completed(facts, 200, 0, facts.toHead ? 0 : challenge.length(), null);
    responses.challenge(challenge, facts);
    goOn();
  }

  /** Refuses a request without an exchange. */
  private void refuse(Failure failure) {
    requests.answered();
    service.completed(facts, failure.status(), 0, 0, failure);
    answer(failure);
  }

  /** Refuses a head that has not been parsed, whose beginning is in {@code in}. */
  void refuseUnparsed(Failure failure, ByteBuf in) {
    facts.toHead = RequestHeadParser.isOfHead(in); // a response to HEAD has no body
    refuse(failure);
  }

  /**
   * While it is not known whether another node serves the instance, leaves it to the router to try
   * one.
   */
  private void refuseAsDown() {
    if (isLeftToRouter(Failure.UPSTREAM_DOWN)) {
      facts.retry = AccessLog.Retry.ELSEWHERE;
      service.completed(facts, 0, 0, 0, Failure.UPSTREAM_DOWN);
      front.closeGently();
    } else {
      refuse(Failure.UPSTREAM_DOWN);
    }
  }

  @Override
  public boolean isLeftToRouter(Failure failure) {
    return failure.isBetterLeftToRouter(fresh)
        && facts.repeatedByRouter
        && requests.bodyLength() == BodyLength.NONE
        && connection.client().trusted()
        && service.isServedElsewhere(facts.instance);
  }

  @Override
  public void failed(Failure failure, Answer answer) {
    assert connection.inEventLoop();
    exchange = null;
    if (answer == Answer.SILENCE) {
      front.closeGently();
    } else if (answer == Answer.CUT || failure.after() == Failure.After.ABORT) {
      flush(); // the reset must not swallow what came before the fault
      front.reset();
    } else {
      answer(failure);
    }
  }

  private void answer(Failure failure) {
    responses.keepIf(failure.after() == Failure.After.KEEP && mayGoOn());
    try {
      responses.error(failure, facts);
    } catch (OutOfDirectMemoryError e) {
      Buffers.isExhausted(e);
      front.reset();
      return;
    }
    goOn();
  }

  // ---- what follows a response

  private void goOn() {
    if (!responses.isKept()) {
      front.closeGently();
    } else if (requests.isBodyDone()) {
      nextRequest();
    } else {
      requests.discardRest();
      connection.deadline().after(DISCARD_TIME);
      front.parseAndRead();
    }
  }

  /**
   * The rest of the discarded body has ended or, if not {@code wholly}, is too long or malformed.
   */
  void discarded(boolean wholly) {
    if (wholly && !service.keepsNone()) {
      nextRequest();
    } else {
      front.closeGently();
    }
  }

  private void nextRequest() {
    requests.next();
    fresh = false;
    connection.deadline().after(connection.settings().idle());
    front.parseAndRead();
  }

  // ---- ends

  /** The connection is gone. */
  void gone() {
    requests.close();
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.clientGone();
    }
  }

  /**
   * The connection is closed because it holds more memory than others: a request in progress fails.
   */
  void failForMemory() {
    assert connection.inEventLoop();
    responses.keepIf(false);
    if (exchange != null) {
      exchange.fail(Failure.OUT_OF_MEMORY);
    } else if (requests.state() == State.HEAD) {
      refuse(Failure.OUT_OF_MEMORY);
    } else {
      service.completed(facts, Failure.OUT_OF_MEMORY.status(), 0, 0, Failure.OUT_OF_MEMORY);
    }
  }
}
