package io.harborgateway.http;

import io.harborgateway.http.head.ClientCertificateField;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.HeadLimits;
import io.harborgateway.http.head.HttpDate;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.relay.Relay;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.upstream.Connector;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one HTTP listener share: its settings, the routes, the upstreams, and
 * where the outcome of requests is reported. A connection keeps the settings it was accepted with;
 * routes and upstreams are looked up for each request. Safe for use on any event loop.
 */
public final class HttpService {
  /**
   * The configuration of one listener.
   *
   * @param scheme scheme of the listener: {@code http} or {@code https}
   * @param head limit from the first byte of a head to its last
   * @param idle limit of the time between two requests
   * @param inactivity limit of the time without a byte in a body or a tunnel
   * @param response limit from the end of the request to the first byte of the response
   * @param heads limits of request and response heads
   * @param trustedProxies peers whose forwarded fields are trusted
   * @param via the gateway's name in Via; null to add none
   * @param certificateField what becomes of X-Forwarded-Client-Cert
   * @param leastBodyRate least rate of request bodies except from trusted proxies, in bytes per
   *     second; 0 for none
   */
  public record Settings(
      String listener,
      String scheme,
      Duration head,
      Duration idle,
      Duration inactivity,
      Duration response,
      HeadLimits heads,
      Predicate<InetAddress> trustedProxies,
      @Nullable String via,
      ClientCertificateField certificateField,
      long leastBodyRate) {}

  /** State shared by the connections of one event loop, and confined to it. */
  static final class Loop {
    final Set<Http1Front> fronts = new HashSet<>();
    final RequestHead requestHead = new RequestHead();
    final ResponseHead responseHead = new ResponseHead();
    final FieldEdits edits = new FieldEdits();
    final RequestGate gate = new RequestGate();
    final HttpDate date = new HttpDate(System::currentTimeMillis);
    final MemoryGuard memory;
    final LeastRate leastRate;
    private final String idPrefix =
        Integer.toHexString(ThreadLocalRandom.current().nextInt()) + '-';
    private long nextId;

    Loop(EventLoop loop, MemoryRelief relief) {
      memory = new MemoryGuard(relief);
      leastRate = new LeastRate(loop, fronts);
    }

    /** Returns an id that no other request of this process has. */
    String nextRequestId() {
      return idPrefix + Long.toHexString(++nextId);
    }
  }

  private final Supplier<RouteTable> routes;
  private final Function<Instance, UpstreamPools> upstreams;
  private final Connector connector;
  private final LoopLocal<Deadlines> deadlines;
  private final LoopLocal<Loop> loops;
  private final ListenerMeters meters;
  private final AccessLog accessLog;
  private volatile Terms terms;
  private volatile KeepAlivePolicy keepAlive = KeepAlivePolicy.OPEN;
  private volatile Predicate<Instance> servedElsewhere = instance -> true;
  private volatile Predicate<Instance> down = instance -> false;
  private volatile ChallengeFiles challenges = new ChallengeFiles();

  /**
   * Creates the service of one listener.
   *
   * @param routes returns the current snapshot
   * @param upstreams returns the upstream of an instance on this listener; called on event loops
   * @param relief frees memory held by connections
   */
  public HttpService(
      Settings settings,
      Supplier<RouteTable> routes,
      Function<Instance, UpstreamPools> upstreams,
      Connector connector,
      LoopLocal<Deadlines> deadlines,
      ListenerMeters meters,
      AccessLog accessLog,
      LoopLocal<MemoryRelief> relief) {
    this.routes = routes;
    this.upstreams = upstreams;
    this.connector = connector;
    this.deadlines = deadlines;
    this.meters = meters;
    this.accessLog = accessLog;
    this.loops = new LoopLocal<>(loop -> new Loop(loop, relief.get(loop)));
    this.terms = new Terms(this, settings);
  }

  /**
   * Replaces the settings for connections accepted from now on; those that are open keep theirs.
   * For any thread.
   */
  public void use(Settings settings) {
    terms = new Terms(this, settings);
  }

  /**
   * Returns a factory for the last handler of a front connection, with the current settings; to be
   * called when the connection is accepted. Its arguments are the instance whose certificate was
   * presented, or null without TLS, and the client's verified certificate, or null.
   */
  public BiFunction<@Nullable Instance, @Nullable X509Certificate, ChannelHandler> fronts() {
    return terms.fronts;
  }

  /**
   * Refuses requests with {@link Failure#UPSTREAM_DOWN} from now on.
   *
   * @param which the instances whose requests are refused; called on event loops for each request
   */
  public void refuseWhile(Predicate<Instance> which) {
    down = which;
  }

  /** Answers requests for these files from now on, whatever their upstream does. */
  public void answer(ChallengeFiles files) {
    challenges = files;
  }

  /** Returns the content of a file that the gateway itself has, or null. */
  @Nullable String challenge(RequestHead head) {
    return challenges.find(head);
  }

  /** Returns whether requests for this instance are refused without trying its upstream. */
  boolean isDown(Instance instance) {
    return down.test(instance);
  }

  /** Sets what happens to connections after their response from now on. For any thread. */
  public void keep(KeepAlivePolicy now) {
    keepAlive = now;
  }

  /**
   * Sets the instances for which the routers know another node, so that a request that fails here
   * may succeed there. Initially all instances: a router that finds no other node answers with the
   * same status. For any thread.
   *
   * @param which called on event loops, only on failures
   */
  public void servedElsewhere(Predicate<Instance> which) {
    servedElsewhere = which;
  }

  /**
   * Retires the listener: idle connections are closed, and others after their response, which says
   * so unless its head has already been written; tunnels go on. For any thread.
   *
   * @param eventLoops all event loops
   */
  public void retire(Iterable<EventLoop> eventLoops) {
    keep(KeepAlivePolicy.NONE);
    closeIdle(eventLoops, instance -> true, true);
  }

  /**
   * Closes idle connections.
   *
   * @param which the instances whose connections are closed, by certificate; called on event loops,
   *     but not for connections without TLS
   * @param withoutTls whether connections without TLS are closed, too
   */
  public void closeIdle(
      Iterable<EventLoop> eventLoops, Predicate<Instance> which, boolean withoutTls) {
    for (EventLoop loop : eventLoops) {
      loop.execute(() -> {
        for (Http1Front front : List.copyOf(loops.get(loop).fronts)) {
          Instance instance = front.certificateOf();
          if (instance == null ? withoutTls : which.test(instance)) {
            front.closeIfIdle();
          }
        }
      });
    }
  }

  /** Returns the current snapshot; each request takes one. */
  RouteTable routes() {
    return routes.get();
  }

  UpstreamPools upstream(Instance instance) {
    return upstreams.apply(instance);
  }

  Connector connector() {
    return connector;
  }

  Deadlines deadlines(EventLoop loop) {
    return deadlines.get(loop);
  }

  boolean isServedElsewhere(@Nullable Instance instance) {
    return instance != null && servedElsewhere.test(instance);
  }

  /** Whether responses announce that their connection is closed after them. */
  boolean announcesClose() {
    return keepAlive != KeepAlivePolicy.OPEN;
  }

  /** Whether connections are closed after their response, whatever it announced. */
  boolean keepsNone() {
    return keepAlive == KeepAlivePolicy.NONE;
  }

  /** Returns whether the access log needs the request's texts. */
  boolean wantsTexts() {
    return accessLog.isOn();
  }

  Loop loop(EventLoop loop) {
    return loops.get(loop);
  }

  /** Returns a tunnel between the two connections, not started, which ends the request. */
  Relay newTunnel(Channel front, Channel upstream, Duration inactivity, RequestRecord facts) {
    front.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    upstream.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    return new Relay(
        front,
        upstream,
        inactivity,
        deadlines(front.eventLoop()),
        loop(front.eventLoop()).memory.relief(),
        (received, sent, why) -> completed(facts, 101, received, sent, null));
  }

  /**
   * Reports a finished request to the log and metrics, after which its texts are no longer needed.
   */
  void completed(
      RequestRecord facts, int status, long received, long sent, @Nullable Failure failure) {
    long nanos = System.nanoTime() - facts.startNanos;
    meters.requests(facts.instanceLabel()).completed(status, nanos);
    meters.bytes(received, sent);
    if (failure != null) {
      meters.failed(failure.code());
    }
    if (accessLog.isOn()) {
      accessLog.log(
          new AccessLog.Entry(
              facts.listener,
              facts.client == null ? facts.peer : facts.client,
              facts.peer,
              facts.instance == null ? null : facts.instance.label(),
              facts.method,
              facts.target,
              facts.host,
              facts.minorVersion,
              status,
              received,
              sent,
              nanos,
              facts.userAgent,
              facts.referer,
              facts.requestId,
              failure == null ? null : failure.code(),
              facts.tls,
              facts.retry,
              facts.certificate));
    }
    facts.dropTexts();
  }
}
