package io.harborgateway.http;

import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.http.head.ClientCertificateField;
import io.harborgateway.http.head.HeadLimits;
import io.harborgateway.http.head.ResponseHead;
import io.harborgateway.http.head.ResponseHeadParser;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.LingeringClose;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.Transport;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A front connection and kept upstream connections without sockets, threads and time of their own.
 * Without a kept connection dialling is refused.
 */
final class EmbeddedProxy implements AutoCloseable {
  static final HeadLimits LIMITS = new HeadLimits(4096, 1024, 100);
  static final Duration HEAD = Duration.ofSeconds(15);
  static final Duration IDLE = Duration.ofMinutes(2);
  static final Duration INACTIVITY = Duration.ofSeconds(30);
  static final Duration RESPONSE = Duration.ofSeconds(60);
  static final long LEAST_RATE = 100;
  static final long MEMORY = 1_000_000;
  static final Duration UPSTREAM_IDLE = Duration.ofSeconds(90);

  private static final InetSocketAddress ROUTER =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 1);

  static final Instance HARBOR = instance(1, "harbor.example.com", Stand.NAME);
  static final Instance OTHER = instance(2, "other.example.com");

  /** One connection, as its peer sees it. */
  static final class Peer {
    final EmbeddedChannel channel = new StallingChannel();
    private final @Nullable SocketAddress address;
    private long takes = Long.MAX_VALUE;
    private int reads;
    private int writesLeft = Integer.MAX_VALUE;

    /** Hands over no more messages once the peer has taken the bytes that it wants. */
    private final class StallingChannel extends EmbeddedChannel {
      @Override
      protected @Nullable SocketAddress remoteAddress0() {
        return address == null ? super.remoteAddress0() : address;
      }

      @Override
      protected void doWrite(ChannelOutboundBuffer out) throws Exception {
        if (takes == Long.MAX_VALUE) {
          super.doWrite(out);
          return;
        }
        while (takes > 0 && out.current() instanceof ByteBuf next) {
          takes -= next.readableBytes();
          outboundMessages().add(next.retain());
          out.remove();
        }
      }
    }

    private Peer() {
      this(null);
    }

    private Peer(@Nullable SocketAddress address) {
      this.address = address;
      channel.config().setAutoRead(false);
      channel
          .pipeline()
          .addLast(
              new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                  reads++;
                  ctx.read();
                }

                @Override
                public void write(
                    ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                  if (writesLeft-- > 0) {
                    ctx.write(message, promise);
                  } else {
                    ReferenceCountUtil.release(message);
                    promise.setFailure(new IOException("Broken pipe"));
                  }
                }
              });
    }

    /** The gateway receives this, as one read. */
    Peer send(String text) {
      ByteBuf octets = channel.alloc().buffer();
      octets.writeBytes(Wire.buffer(text));
      channel.writeInbound(octets);
      return this;
    }

    /** What the gateway has sent and flushed since the last call. */
    String received() {
      var text = new StringBuilder();
      for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
        text.append(Wire.taken(sent));
      }
      return text.toString();
    }

    /** How often the gateway asked for bytes since the last call. */
    int reads() {
      int count = reads;
      reads = 0;
      return count;
    }

    boolean isOpen() {
      return channel.isOpen();
    }

    /** Whether the gateway has ended its side and only awaits the peer's end. */
    boolean isEnding() {
      return channel.pipeline().get(LingeringClose.class) != null;
    }

    void writable(boolean writable) {
      Objects.requireNonNull(channel.unsafe().outboundBuffer())
          .setUserDefinedWritability(1, writable);
      channel.runPendingTasks();
    }

    /** Writes fail after so many, as on a connection that the peer has reset. */
    void failWritesAfter(int writes) {
      writesLeft = writes;
    }

    /** Takes nothing of what is sent from now on. */
    void takeNothing() {
      takes = 0;
    }

    /** Takes that many bytes, rounded up to the messages that they are in. */
    void take(long bytes) {
      takes = bytes;
      channel.flush();
      channel.runPendingTasks();
    }

    /** Takes all, now and from now on. */
    void takeAll() {
      take(Long.MAX_VALUE);
    }

    void close() {
      channel.close();
      channel.runPendingTasks();
    }
  }

  final Peer front;
  final List<AccessLog.Entry> log = new ArrayList<>();
  final HttpService service;
  private final List<Peer> upstreams = new ArrayList<>();
  private final List<Peer> accepted = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong memoryUsed = new AtomicLong();
  private final LoopLocal<Deadlines> deadlines =
      new LoopLocal<>(loop -> new Deadlines(loop, nanos::get));
  private final AtomicInteger doubts = new AtomicInteger();
  private final Meters meters = new Meters();
  private RouteTable routes;
  private int routeReads;
  private UpstreamPools pools;

  /** On a listener without TLS. */
  static EmbeddedProxy start() {
    return new EmbeddedProxy(null, new Peer(), List.of(HARBOR, OTHER), null, LIMITS);
  }

  /** The same, with a trusted proxy as the client. */
  static EmbeddedProxy startBehindRouter() {
    return new EmbeddedProxy(null, new Peer(ROUTER), List.of(HARBOR, OTHER), null, LIMITS);
  }

  /** For one instance only, which adds Via. */
  static EmbeddedProxy startWithOnly(Instance instance, String via) {
    return new EmbeddedProxy(null, new Peer(), List.of(instance), via, LIMITS);
  }

  /** On a connection with this instance's certificate. */
  static EmbeddedProxy startWithCertificateOf(Instance instance) {
    return new EmbeddedProxy(instance, new Peer(), List.of(HARBOR, OTHER), null, LIMITS);
  }

  /** On a listener without TLS, whose heads may have this many bytes. */
  static EmbeddedProxy startWithMaxHead(int bytes) {
    return new EmbeddedProxy(
        null,
        new Peer(),
        List.of(HARBOR, OTHER),
        null,
        new HeadLimits(bytes, LIMITS.targetBytes(), LIMITS.fields()));
  }

  private EmbeddedProxy(
      @Nullable Instance certificateOf,
      Peer front,
      List<Instance> instances,
      @Nullable String via,
      HeadLimits limits) {
    this.front = front;
    pools = newPools();
    routes = RouteTable.of(instances);
    var budget = new MemoryBudget(MEMORY, memoryUsed::get, memoryUsed::get, nanos::get);
    service =
        new HttpService(
            settings(IDLE, RESPONSE, limits, via, LEAST_RATE),
            this::readRoutes,
            instance -> pools,
            new Connector(Transport.NIO),
            deadlines,
            meters.listener("https"),
            log::add,
            new LoopLocal<>(loop -> new MemoryRelief(loop, budget)));
    front.channel.pipeline().addLast(service.fronts().apply(certificateOf, null));
  }

  /** Settings of the listener, of which these differ from test to test. */
  static HttpService.Settings settings(
      Duration idle, Duration response, HeadLimits heads, @Nullable String via, long leastRate) {
    return new HttpService.Settings(
        "https",
        "https",
        HEAD,
        idle,
        INACTIVITY,
        response,
        heads,
        ROUTER.getAddress()::equals,
        via,
        ClientCertificateField.KEPT,
        leastRate);
  }

  private UpstreamPools newPools() {
    // Not resolved, so that a dial is refused at once.
    var upstream =
        new Upstream(
            new Upstream.Settings(
                "localhost", 1, null, "nginx", Duration.ofSeconds(1), 4, UPSTREAM_IDLE));
    upstream.tellTo(
        new Upstream.Signals() {
          @Override
          public void refused(String why) {
            throw new AssertionError("nobody was dialled: " + why);
          }

          @Override
          public void doubted() {
            doubts.incrementAndGet();
          }
        });
    return new UpstreamPools(upstream, meters.upstream("https"));
  }

  private RouteTable readRoutes() {
    routeReads++;
    return routes;
  }

  /** Swaps the route table. */
  void routes(Instance... instances) {
    routes = RouteTable.of(List.of(instances));
  }

  /** Returns how often the route table was asked for. */
  int routeReads() {
    return routeReads;
  }

  /** Accepts another connection, without TLS, with the settings of now. */
  Peer accept() {
    var peer = new Peer();
    peer.channel.pipeline().addLast(service.fronts().apply(null, null));
    accepted.add(peer);
    return peer;
  }

  UpstreamPools pools() {
    return pools;
  }

  /** Replaces the upstream, which has no connections yet, and retires the one before. */
  void replaceUpstream() {
    UpstreamPools replaced = pools;
    pools = newPools();
    retire(replaced);
  }

  private void retire(UpstreamPools retired) {
    retired.retire(List.of(front.channel.eventLoop()));
    front.channel.runPendingTasks();
  }

  String scrape() {
    return meters.scrape();
  }

  static Instance instance(int number, String... names) {
    return new Instance(
        InstanceGuid.of("00000000-0000-0000-0000-00000000000" + number),
        Stream.of(names).map(HostName::of).toList());
  }

  /** Returns how often the upstream was said to be silent, or to be doubtful otherwise. */
  int doubts() {
    return doubts.get();
  }

  /** The upstream answers on another connection of this event loop. */
  void answersAnother() {
    pools.pool(front.channel.eventLoop()).answered();
  }

  /** Adds a kept connection to the upstream, to be used by the next exchange. */
  Peer upstream() {
    return upstreamOf(front);
  }

  /** The same, for an exchange of this client. */
  Peer upstreamOf(Peer client) {
    return kept(new Peer(), client);
  }

  /** Adds one to this address. */
  Peer upstreamAt(InetSocketAddress address) {
    return kept(new Peer(address), front);
  }

  /** The upstream's name leads to 127.0.0.1 from now on, and nowhere else. */
  void nameMoves() {
    try {
      pools.upstream().resolve();
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
    pools.moved(List.of(front.channel.eventLoop()));
    front.channel.runPendingTasks();
  }

  private Peer kept(Peer peer, Peer client) {
    var loop = client.channel.eventLoop();
    var connection =
        new Http1Upstream(
            pools.pool(loop),
            UPSTREAM_IDLE,
            deadlines.get(peer.channel.eventLoop()),
            new ResponseHeadParser(new ResponseHead(), LIMITS));
    peer.channel.pipeline().addLast(connection);
    connection.keep();
    peer.reads();
    upstreams.add(peer);
    return peer;
  }

  /** Has this share of the memory for buffers be in use, in percent. */
  void memoryUsed(int percent) {
    memoryUsed.set(MEMORY * percent / 100);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1)); // or what was sampled before holds on
  }

  /** Number of upstream connections that wait for an exchange. */
  int idle() {
    return pools.pool(front.channel.eventLoop()).size();
  }

  /** Lets time pass, and all that is due happen. */
  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    upstreams.forEach(peer -> pass(peer, time));
    accepted.forEach(peer -> pass(peer, time));
    pass(front, time);
  }

  private static void pass(Peer peer, Duration time) {
    peer.channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    peer.channel.runPendingTasks();
  }

  @Override
  public void close() {
    front.channel.finishAndReleaseAll();
    accepted.forEach(peer -> peer.channel.finishAndReleaseAll());
    upstreams.forEach(peer -> peer.channel.finishAndReleaseAll());
  }
}
