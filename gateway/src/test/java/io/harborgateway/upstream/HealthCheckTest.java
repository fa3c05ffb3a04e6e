package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.harborgateway.control.HeardLogs;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.BlackHole;
import io.harborgateway.testkit.Origin;
import io.harborgateway.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthCheckTest {
  /** So long that the next check is made by {@link #nextCheck} only. */
  private static final Duration NEVER = Duration.ofDays(1);

  private final Origin origin = Origin.start(Behaviours.silent());
  private final EventLoopGroup loops = Transport.best().newEventLoops(1, "health-test");
  private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
  private final List<Boolean> told = new CopyOnWriteArrayList<>();
  private final List<String> reasons = new CopyOnWriteArrayList<>();
  private final AtomicInteger moves = new AtomicInteger();
  private Upstream upstream = upstream(1);
  private Transport transport = Transport.best();

  @AfterEach
  void close() {
    scheduler.shutdownNow();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    origin.close();
  }

  @Test
  void oneSuccessMakesItUpAndIsToldOnce() throws Exception {
    try (var check = started(NEVER)) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(check.isUp()).isTrue();
      nextCheck();
      assertThat(told).containsExactly(true);
      assertThat(reasons).containsExactly("");
    }
  }

  @Test
  void aFirstFailureIsToldAtOnceAndWithItsReason() throws Exception {
    origin.stop();
    try (var check = started(NEVER)) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(check.isUp()).isFalse();
      long tasks = scheduler.getCompletedTaskCount();
      Await.until("checked again", () -> scheduler.getCompletedTaskCount() > tasks + 6);
      assertThat(told).containsExactly(false);
      assertThat(reasons).containsExactly("connection refused");
    }
  }

  @Test
  void oneRefusedCheckMakesItDownAndIsRepeatedAtOnceUntilOneSucceeds() throws Exception {
    try (var check = started(NEVER)) {
      awaitResult();
      origin.stop();
      runDelayed();
      Await.until("down", () -> !check.isUp());
      assertThat(check.reason()).isEqualTo("connection refused");
      origin.restart();
      Await.until("up, long before the interval is over", check::isUp);
      assertThat(check.reason()).isEmpty();
      assertThat(told).containsExactly(true, false, true);
    }
  }

  @Test
  void aRefusedDialOfTrafficMakesItDownAtOnce() throws Exception {
    try (var check = started(NEVER)) {
      awaitResult();
      upstream.dialFailed(new ConnectException("Connection timed out"));
      passQueued();
      assertThat(check.isUp()).as("after what is no refusal").isTrue();
      upstream.dialFailed(new ConnectException("Connection refused: nginx"));
      passQueued();
      assertThat(told).startsWith(true, false); // it may be up again by now
      assertThat(reasons).contains("Connection refused: nginx");
    }
  }

  @Test
  void aLostConnectionBringsTheNextCheckForward() throws Exception {
    try (var check = started(NEVER)) {
      awaitResult();
      origin.stop();
      upstream.connectionLost();
      Await.until("down", () -> !check.isUp());
      assertThat(told).containsExactly(true, false);
    }
  }

  @Test
  void checksAgainAndAgain() {
    try (var check = started(Duration.ofMillis(10))) {
      Await.until("up", check::isUp);
      origin.stop();
      Await.until("down", () -> !check.isUp());
      origin.restart();
      Await.until("up again", check::isUp);
    }
  }

  @Test
  void onceClosedTellsNotEvenTheResultThatIsUnderWay() throws Exception {
    // One holds the check back until the other stands behind it, which then holds its result back.
    var beforeCheck = new CountDownLatch(1);
    var beforeResult = new CountDownLatch(1);
    scheduler.submit(() -> beforeCheck.await(30, TimeUnit.SECONDS));
    var check = started(NEVER);
    var checked = new CountDownLatch(1);
    scheduler.submit(() -> {
      checked.countDown();
      return beforeResult.await(30, TimeUnit.SECONDS);
    });
    beforeCheck.countDown();
    assertThat(checked.await(30, TimeUnit.SECONDS)).isTrue();
    Await.until("the result waits", () -> !scheduler.getQueue().isEmpty());
    check.close();
    beforeResult.countDown();
    passQueued();
    assertThat(told).isEmpty();
  }

  @Test
  void onceClosedDialsNoMore() throws Exception {
    var check = started(NEVER);
    awaitResult();
    check.close();
    runDelayed();
    passQueued();
    loops.submit(() -> {}).syncUninterruptibly();
    assertThat(scheduler.getQueue()).isEmpty();
    // Connections are accepted in order: one of the check's would be counted before this one.
    try (var own = new Socket(origin.address().getAddress(), origin.port())) {
      own.getOutputStream().write('x');
      Await.until("this test's connection", () -> origin.bytesReceived() > 0);
      assertThat(origin.connections()).isEqualTo(2);
    }
  }

  @Test
  void aNameServerThatIsSilentDelaysNoOther() throws Exception {
    var answers = new CountDownLatch(1);
    Lookups.Resolver silent =
        host -> {
          assertThat(host).isEqualTo("silent.test");
          awaitUninterruptibly(answers);
          return List.of(InetAddress.ofLiteral("127.0.0.1"));
        };
    upstream = upstream("silent.test", origin.port());
    try (var waiting = started(NEVER, silent)) {
      upstream = upstream(origin.port());
      try (var other = started(NEVER)) {
        assertThat(other.firstResult().get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.firstResult()).isNotDone();
      }
      assertThat(waiting.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(waiting.reason())
          .isEqualTo("host name silent.test: no answer of the name server within 2000 ms");
      answers.countDown();
      Await.until("up, with the late answer", waiting::isUp);
    }
  }

  @Test
  void aNameThatIsUnknownIsSaidToBe() throws Exception {
    upstream = upstream("unknown.test", origin.port());
    Lookups.Resolver resolver =
        host -> {
          throw new UnknownHostException(host);
        };
    try (var check = started(NEVER, resolver)) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(check.reason()).isEqualTo("host name unknown.test: not found");
    }
  }

  @Test
  void aNameThatMovesIsFollowed() throws Exception {
    upstream = upstream("moving.test", origin.port());
    // Nobody listens at the first address.
    var address = new AtomicReference<>(InetAddress.ofLiteral("127.0.0.9"));
    try (var check = started(NEVER, host -> List.of(address.get()))) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(check.reason()).isEqualTo("127.0.0.9: connection refused");
      address.set(InetAddress.ofLiteral("127.0.0.1"));
      Await.until("up at the new address", check::isUp);
      assertThat(moves).hasValue(1);
    }
  }

  @Test
  void aNameThatMovesIsFollowedSoonThoughTheNextCheckIsFarAway() throws Exception {
    try (var other = BlackHole.at("127.0.0.2", origin.port())) {
      other.letIn();
      upstream = upstream("moving.test", origin.port());
      var address = new AtomicReference<>(origin.address().getAddress());
      try (var check = started(NEVER, host -> List.of(address.get()))) {
        assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isTrue();
        address.set(other.address().getAddress());
        Await.until("checked at the new address", () -> "127.0.0.2".equals(check.address()));
        assertThat(upstream.addresses()).containsExactly(other.address());
        assertThat(moves).hasValue(1);
        assertThat(told).as("without a fall").containsExactly(true);
      }
    }
  }

  @Test
  void aCheckThatHangsAtAnAddressThatIsGoneDelaysNoneOfTheNewOne() throws Exception {
    try (var hole = BlackHole.at("127.0.0.2", origin.port())) {
      upstream = upstream("moving.test", origin.port());
      var address = new AtomicReference<>(hole.address().getAddress());
      try (var check = started(NEVER, host -> List.of(address.get()))) {
        Await.until("dials the old address", () -> !upstream.addresses().isEmpty());
        address.set(origin.address().getAddress());
        Await.until("up, long before the old dial ends", check::isUp);
      }
    }
  }

  /** As behind name servers that answer with some of many addresses. */
  @Test
  void aNameThatMovesAtEachLookUpIsCheckedAllTheSame() throws Exception {
    try (var one = BlackHole.at("127.0.0.2", origin.port());
        var other = BlackHole.at("127.0.0.3", origin.port())) {
      upstream =
          new Upstream(
              new Upstream.Settings(
                  "moving.test",
                  origin.port(),
                  null,
                  "nginx",
                  Duration.ofSeconds(2),
                  1,
                  Duration.ofSeconds(30)));
      var turns = new AtomicInteger();
      try (var check =
          started(
              NEVER,
              host ->
                  List.of(
                      (turns.getAndIncrement() % 2 == 0 ? one : other).address().getAddress()))) {
        assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(turns.get()).isGreaterThan(2);
      }
    }
  }

  @Test
  void withoutAThreadForItALookupHasFailedAndTheChecksGoOn() throws Exception {
    upstream = upstream("known.test", origin.port());
    var threads = new ScarceThreads(1);
    var lookups = new Lookups(host -> List.of(origin.address().getAddress()), threads);
    try (var check = started(NEVER, lookups, loops.next())) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(check.reason()).isEqualTo("host name known.test: no thread for the look-up");
      Await.until("up, with the next look-up", check::isUp);
    }
  }

  @Test
  void withoutAThreadForItsEventLoopACheckHasFailedAndTheNextIsMade() throws Exception {
    upstream = upstream(origin.port());
    transport = Transport.NIO;
    var scarce =
        new MultiThreadIoEventLoopGroup(1, new ScarceThreads(1), NioIoHandler.newFactory());
    try (var check = started(Duration.ofMillis(50), lookups(Lookups.SYSTEM), scarce.next())) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(reasons).startsWith("no thread for the check: unable to create it");
      Await.until("up", check::isUp);
    } finally {
      scarce.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void saysWhichAddressAnsweredAndRequestsPreferIt() throws Exception {
    upstream = upstream("two.test", origin.port());
    List<InetAddress> two =
        List.of(InetAddress.ofLiteral("127.0.0.9"), InetAddress.ofLiteral("127.0.0.1"));
    try (var check = started(NEVER, host -> two)) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(check.address()).isEqualTo("127.0.0.1");
      assertThat(upstream.addresses().getFirst()).isEqualTo(origin.address());
      nextCheck();
      assertThat(upstream.addressStatus())
          .as("known for as long as nobody has dialled it again")
          .extracting(AddressStatus::address, AddressStatus::failure)
          .containsExactly(tuple("127.0.0.1", null), tuple("127.0.0.9", "connection refused"));
      origin.stop();
      runDelayed();
      Await.until("down", () -> !check.isUp());
      assertThat(check.address()).isNull();
    }
  }

  @Test
  void oneAddressTakesThePlaceOfAnotherWithoutAFall() throws Exception {
    try (var other = BlackHole.at("127.0.0.2", origin.port())) {
      upstream = upstream("two.test", origin.port());
      List<InetAddress> two = List.of(origin.address().getAddress(), other.address().getAddress());
      try (var log = HeardLogs.of(HealthCheck.class);
          var check = started(NEVER, host -> two)) {
        awaitResult();
        assertThat(check.address()).isEqualTo("127.0.0.1");
        other.letIn();
        origin.stop();
        runDelayed();
        Await.until("the other answers", () -> "127.0.0.2".equals(check.address()));
        passQueued();
        assertThat(log.lines()).containsExactly("upstream answers at another address");
        assertThat(told).containsExactly(true);
      }
    }
  }

  @Test
  void aSilentAddressKeepsNoUpstreamDown() throws Exception {
    try (var hole = BlackHole.at("127.0.0.2", origin.port())) {
      upstream = upstream("two.test", origin.port());
      List<InetAddress> two = List.of(hole.address().getAddress(), origin.address().getAddress());
      try (var check = started(NEVER, host -> two)) {
        assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(check.address()).isEqualTo("127.0.0.1");
        assertThat(upstream.addressStatus().getLast().failure())
            .startsWith("no connection within ")
            .endsWith(", when 127.0.0.1 answered");
      }
    }
  }

  @Test
  void aSingleCheckSaysTheSame() throws Exception {
    List<InetAddress> two =
        List.of(InetAddress.ofLiteral("127.0.0.9"), InetAddress.ofLiteral("127.0.0.1"));
    SingleCheck.Seen seen =
        SingleCheck.begin(
                loops.next(),
                new Connector(Transport.best()),
                upstream("two.test", origin.port()),
                settings(NEVER),
                lookups(host -> two))
            .get(30, TimeUnit.SECONDS);
    assertThat(seen.failure()).isEmpty();
    assertThat(seen.address()).isEqualTo("127.0.0.1");
    assertThat(seen.addresses().getLast().failure()).isEqualTo("connection refused");
  }

  @Test
  void silenceOfTrafficBringsTheNextCheckForward() throws Exception {
    try (var check = started(NEVER)) {
      awaitResult();
      origin.stop();
      upstream.silent();
      Await.until("down", () -> !check.isUp());
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HealthCheck started(Duration interval) {
    upstream = upstream(origin.port());
    return started(interval, Lookups.SYSTEM);
  }

  private HealthCheck started(Duration interval, Lookups.Resolver resolver) {
    return started(interval, lookups(resolver), loops.next());
  }

  private HealthCheck started(Duration interval, Lookups lookups, EventLoop loop) {
    Upstream checked = upstream;
    var check =
        new HealthCheck(
            checked,
            new Connector(transport),
            loop,
            scheduler,
            settings(interval),
            lookups,
            new HealthCheck.Observer() {
              @Override
              public void changed(Upstream changed, boolean up, String reason) {
                assertThat(changed).isSameAs(checked);
                reasons.add(reason);
                told.add(up);
              }

              @Override
              public void moved(Upstream moved) {
                assertThat(moved).isSameAs(checked);
                moves.incrementAndGet();
              }
            });
    check.start();
    return check;
  }

  private static Lookups lookups(Lookups.Resolver resolver) {
    return new Lookups(resolver, Thread.ofPlatform().daemon().factory());
  }

  private static Upstream upstream(int port) {
    return upstream("127.0.0.1", port);
  }

  private static Upstream upstream(String host, int port) {
    return new Upstream(
        new Upstream.Settings(
            host, port, null, "nginx", Duration.ofSeconds(30), 1, Duration.ofSeconds(30)));
  }

  /** One refused connection is enough, so what only fails is something else. */
  private static HealthCheck.Settings settings(Duration interval) {
    return HealthCheck.Settings.connect(interval, Duration.ofSeconds(30), 1, 2);
  }

  /** Makes the check that waits for its interval, and waits for its result. */
  private void nextCheck() throws Exception {
    awaitResult();
    runDelayed();
    awaitResult();
  }

  private void runDelayed() {
    Runnable check =
        scheduler.getQueue().stream().filter(HealthCheckTest::isCheck).findFirst().orElseThrow();
    scheduler.remove(check);
    scheduler.execute(check);
  }

  /** A check has ended when the next one waits; its result is queued before that. */
  private void awaitResult() throws Exception {
    Await.until("a check waits for its interval", this::isCheckWaiting);
    passQueued();
  }

  private boolean isCheckWaiting() {
    return scheduler.getQueue().stream().anyMatch(HealthCheckTest::isCheck);
  }

  /** Only checks wait for {@link #NEVER}. */
  private static boolean isCheck(Runnable task) {
    return task instanceof Delayed delayed && delayed.getDelay(TimeUnit.HOURS) > 0;
  }

  /** Returns when all that is due on the checking thread has run. */
  private void passQueued() throws Exception {
    scheduler.submit(() -> {}).get(30, TimeUnit.SECONDS);
  }
}
