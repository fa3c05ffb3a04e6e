package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.transport.Transport;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks that ask for a page. */
@Timeout(60)
class HttpHealthCheckTest {
  private final EventLoopGroup loops = Transport.best().newEventLoops(1, "health-test");
  private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);

  private final List<String> reasons = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    scheduler.shutdownNow();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private HealthCheck started(Origin origin, Duration timeout) {
    var upstream =
        new Upstream(
            new Upstream.Settings(
                "127.0.0.1",
                origin.port(),
                null,
                "nginx",
                Duration.ofSeconds(30),
                1,
                Duration.ofSeconds(30)));
    var settings =
        new HealthCheck.Settings(
            Duration.ofMillis(20),
            timeout,
            1,
            2,
            Duration.ZERO,
            "/v2/",
            "guid.example.com",
            Set.of(200, 401));
    var check =
        new HealthCheck(
            upstream,
            new Connector(Transport.best()),
            loops.next(),
            scheduler,
            settings,
            (changed, up, reason) -> reasons.add(reason));
    check.start();
    return check;
  }

  @Test
  void isUpWhileTheStatusIsOneOfTheExpected() {
    var status = new AtomicInteger(401);
    var asked = new AtomicReference<String>();
    try (var origin =
            Origin.start(
                Behaviours.http(request -> {
                  asked.set(request.toString());
                  return Answer.of(status.get());
                }));
        var check = started(origin, Duration.ofSeconds(30))) {
      Await.until("up", check::isUp);
      assertThat(asked.get()).contains("/v2/").contains("guid.example.com");
      status.set(500);
      Await.until("down", () -> !check.isUp());
      assertThat(check.reason()).isEqualTo("GET /v2/: 500");
      status.set(200);
      Await.until("up again", check::isUp);
      assertThat(check.reason()).isEmpty();
    }
  }

  @Test
  void oneThatIsSuddenlySlowIsDoubtedButNotDown() {
    var delayMillis = new AtomicInteger();
    var answered = new AtomicInteger();
    try (var origin =
            Origin.start(
                Behaviours.http(request -> {
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis.get()));
                  answered.incrementAndGet();
                  return Answer.of(401);
                }));
        var check = started(origin, Duration.ofSeconds(5))) {
      Await.until("what is usual is known", () -> answered.get() > 6);
      delayMillis.set(1_200); // longer than is waited for before the next check is made
      int before = answered.get();
      Await.until("some slow answers", () -> answered.get() > before + 4);
      assertThat(reasons).as("told").containsExactly("");
    }
  }

  @Test
  void oneThatHangsIsDownLongBeforeTheTimeOfAWholeCheck() {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(401)));
        var check = started(origin, Duration.ofSeconds(30))) {
      Await.until("what is usual is known", () -> origin.connections() > 7);
      origin.behave(Behaviours.silent());
      long begun = System.nanoTime();
      Await.until("down", () -> !check.isUp());
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
      assertThat(check.reason()).isEqualTo("GET /v2/: no answer within 750 ms");
      origin.behave(Behaviours.http(request -> Answer.of(401)));
      Await.until("up again", check::isUp);
    }
  }

  @Test
  void isDownWhereNothingIsAnsweredInTime() throws Exception {
    try (var origin = Origin.start(Behaviours.silent());
        var check = started(origin, Duration.ofMillis(100))) {
      assertThat(check.firstResult().get(30, TimeUnit.SECONDS)).isFalse();
      // A busy machine may not get to the GET in that time.
      assertThat(check.reason()).endsWith(" within 100 ms");
    }
  }
}
