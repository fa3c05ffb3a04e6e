package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.BlackHole;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.Loop;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.TcpStream;
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dials of upstreams with several addresses, at real sockets. */
@Timeout(60)
class SeveralAddressesTest {
  /** What a machine that is busy with other tests may add. */
  private static final long BUSY_MILLIS = 400;

  private static final String FIRST = "127.0.0.1";
  private static final String SECOND = "127.0.0.2";

  /** The two dials, which have the race in common. */
  enum Way {
    CHANNEL,
    STREAM
  }

  @TempDir Path folder;

  private final Loop loop = new Loop(Transport.EPOLL);
  private final List<Channel> channels = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private long begunAt;

  @AfterEach
  void close() {
    loop.close();
  }

  @ParameterizedTest
  @EnumSource
  void theSecondAnswersWhileTheFirstIsSilent(Way way) throws Exception {
    try (var origin = Origin.startAt(SECOND, Behaviours.silent());
        var hole = BlackHole.at(FIRST, origin.port())) {
      Upstream upstream = upstream(origin.port(), null, Duration.ofSeconds(10), FIRST, SECOND);
      assertThat(dial(way, upstream)).isEqualTo(SECOND);
      assertThat(millis()).isBetween(245L, 250 + BUSY_MILLIS);
      assertThat(upstream.addresses().getFirst().getAddress().getHostAddress()).isEqualTo(SECOND);
      assertThat(upstream.addressStatus().getLast().failure())
          .matches("no connection within \\d+ ms, when 127\\.0\\.0\\.2 answered");
      // Next time it is the first, and nothing is waited for.
      assertThat(dial(way, upstream)).isEqualTo(SECOND);
      assertThat(millis()).isLessThan(200);
      hole.letIn();
      // The kernel would repeat an attempt that is under way after a second.
      assertThatThrownBy(() -> hole.accept(Duration.ofMillis(1_300)))
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(told).as("told once for each dial").hasSize(2);
    }
    assertThat(channels).filteredOn(Channel::isOpen).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aFailureBeginsTheNextAtOnce(Way way) throws Exception {
    try (var origin = Origin.startAt(SECOND, Behaviours.silent())) {
      Upstream upstream = upstream(origin.port(), null, Duration.ofSeconds(10), FIRST, SECOND);
      assertThat(dial(way, upstream)).isEqualTo(SECOND);
      assertThat(millis()).isLessThan(200);
      assertThat(upstream.addressStatus().getLast().failure()).isEqualTo("connection refused");
    }
  }

  @ParameterizedTest
  @EnumSource
  void addressesOfBothFamiliesAreDialled(Way way) throws Exception {
    try (var origin = Origin.startAt("::1", Behaviours.silent());
        var hole = BlackHole.at(FIRST, origin.port());
        var other = BlackHole.at(SECOND, origin.port())) {
      Upstream upstream =
          upstream(origin.port(), null, Duration.ofSeconds(10), FIRST, SECOND, "::1");
      assertThat(dial(way, upstream)).isEqualTo("0:0:0:0:0:0:0:1");
      assertThat(millis()).as("not behind both of IPv4").isBetween(245L, 250 + BUSY_MILLIS);
      assertThat(other.port()).isEqualTo(hole.port());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLimitIsThatOfAllAddressesTogether(Way way) throws Exception {
    try (var hole = BlackHole.at(FIRST, 0);
        var other = BlackHole.at(SECOND, hole.port())) {
      Upstream upstream = upstream(other.port(), null, Duration.ofMillis(600), FIRST, SECOND);
      assertThat(dial(way, upstream))
          .startsWith("TIMEOUT 127.0.0.1: no connection within 600 ms; 127.0.0.2: no connection");
      assertThat(millis()).isBetween(595L, 600 + BUSY_MILLIS);
    }
    assertThat(channels).filteredOn(Channel::isOpen).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whereOneIsSilentAndTheOtherRefusesBothAreNamed(Way way) throws Exception {
    try (var hole = BlackHole.at(FIRST, 0)) {
      Upstream upstream = upstream(hole.port(), null, Duration.ofMillis(500), FIRST, SECOND);
      assertThat(dial(way, upstream))
          .isEqualTo(
              "TIMEOUT 127.0.0.1: no connection within 500 ms; 127.0.0.2: connection refused");
      assertThat(millis()).isBetween(495L, 500 + BUSY_MILLIS);
    }
  }

  /** The event loop stands still while the kernel makes both connections. */
  @ParameterizedTest
  @EnumSource
  void ofTwoConnectionsThatComeInTheSameTurnOneIsClosed(Way way) throws Exception {
    try (var hole = BlackHole.at(FIRST, 0);
        var other = BlackHole.at(SECOND, hole.port())) {
      Upstream upstream = upstream(hole.port(), null, Duration.ofSeconds(10), FIRST, SECOND);
      CompletableFuture<String> end = begin(way, upstream);
      Await.until("both are tried", () -> millis() > 400);
      hole.letIn();
      other.letIn();
      loop.loop().execute(() -> sleep(1_600 - millis()));
      try (Socket one = hole.accept(Duration.ofSeconds(5));
          Socket two = other.accept(Duration.ofSeconds(5))) {
        String winner = end.get(20, TimeUnit.SECONDS);
        Socket loser = winner.equals(FIRST) ? two : one;
        loser.setSoTimeout(10_000);
        assertThat(loser.getInputStream().read()).as("the loser's FIN").isEqualTo(-1);
        loop.run(() -> {});
        assertThat(told).containsExactly(winner);
      }
    }
  }

  @Test
  void aHandshakeThatStaysOutIsOvertakenByAnotherAddress() throws Exception {
    var certificates = TestCertificates.in(folder);
    SslContext any = UpstreamTls.insecure(null);
    try (var origin =
            Origin.startTls(
                certificates.presenting(certificates.issue("nginx.test")), Behaviours.silent());
        var silent = new ServerSocket(origin.port(), 5, InetAddress.ofLiteral(SECOND))) {
      Upstream upstream = upstream(origin.port(), any, Duration.ofSeconds(10), SECOND, FIRST);
      assertThat(dial(Way.CHANNEL, upstream)).isEqualTo(FIRST);
      assertThat(millis()).isBetween(245L, 1_000 + BUSY_MILLIS); // the first handshake of a JVM
      assertThat(upstream.addressStatus().getLast().failure())
          .matches("connected, but no TLS handshake within \\d+ ms, when 127\\.0\\.0\\.1 answered");
      try (Socket overtaken = silent.accept()) {
        overtaken.setSoTimeout(10_000);
        overtaken.getInputStream().readAllBytes(); // the ClientHello, and then the end
      }
    }
    Await.until("all are closed", () -> channels.stream().noneMatch(Channel::isOpen));
  }

  @Test
  void theLimitIsThatOfConnectAndHandshakeTogether() throws Exception {
    try (var silent = Origin.start(Behaviours.silent());
        var other = new ServerSocket(silent.port(), 5, InetAddress.ofLiteral(SECOND))) {
      assertThat(other.isBound()).isTrue();
      Upstream upstream =
          upstream(
              silent.port(), UpstreamTls.insecure(null), Duration.ofMillis(600), FIRST, SECOND);
      assertThat(dial(Way.CHANNEL, upstream))
          .startsWith("TIMEOUT 127.0.0.1: connected, but no TLS handshake within 600 ms; ");
      assertThat(millis()).isBetween(595L, 600 + BUSY_MILLIS);
    }
  }

  private long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunAt);
  }

  private static void sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String dial(Way way, Upstream upstream) throws Exception {
    return begin(way, upstream).get(20, TimeUnit.SECONDS);
  }

  /** Completes with the address that answered, or with why none did. */
  private CompletableFuture<String> begin(Way way, Upstream upstream) throws Exception {
    var end = new CompletableFuture<String>();
    begunAt = System.nanoTime();
    loop.run(() -> {
      switch (way) {
        case CHANNEL ->
            new Dial(this::newChannel, loop.loop(), upstream, false, new ChannelEnd(end)).start();
        case STREAM ->
            new StreamDial(
                    loop.loop(), upstream, new Deadlines(loop.loop()), new StreamEnd(upstream, end))
                .start();
      }
    });
    return end;
  }

  private Channel newChannel() {
    Channel channel = Transport.EPOLL.dialledChannels().newChannel();
    channels.add(channel);
    return channel;
  }

  private void told(String what, CompletableFuture<String> end) {
    told.add(what);
    end.complete(what);
  }

  private final class ChannelEnd implements Connector.Callback {
    private final CompletableFuture<String> end;

    ChannelEnd(CompletableFuture<String> end) {
      this.end = end;
    }

    @Override
    public void dialled(Channel channel) {
      var address = (InetSocketAddress) channel.remoteAddress();
      channel.close();
      told(address.getAddress().getHostAddress(), end);
    }

    @Override
    public void dialFailed(DialFailure failure, Throwable cause) {
      told(failure + " " + cause.getMessage(), end);
    }
  }

  private final class StreamEnd implements TcpDial.Callback {
    private final Upstream upstream;
    private final CompletableFuture<String> end;

    StreamEnd(Upstream upstream, CompletableFuture<String> end) {
      this.upstream = upstream;
      this.end = end;
    }

    @Override
    public void connected(TcpStream stream) {
      stream.close();
      told(upstream.addresses().getFirst().getAddress().getHostAddress(), end);
    }

    @Override
    public void connectFailed(Exception cause) {
      told(DialFailure.of(cause) + " " + cause.getMessage(), end);
    }
  }

  private static Upstream upstream(
      int port, @Nullable SslContext tls, Duration limit, String... addresses) {
    var upstream =
        new Upstream(
            new Upstream.Settings(
                "several.test", port, tls, "nginx.test", limit, 1, Duration.ofSeconds(30)));
    upstream.found(Stream.of(addresses).map(InetAddress::ofLiteral).toList());
    return upstream;
  }
}
