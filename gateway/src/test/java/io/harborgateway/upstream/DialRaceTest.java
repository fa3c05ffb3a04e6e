package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order, times and end of a dial, with attempts that do as they are told. */
class DialRaceTest {
  private static final int NO_TIMER = -1;

  private final EmbeddedChannel clock = new EmbeddedChannel();
  private final List<Race.Scripted> attempts = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();

  @BeforeEach
  void freeze() {
    clock.freezeTime();
  }

  @Test
  void oneAddressTakesNoTimer() {
    dial(1);
    assertThat(clock.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
    attempts.getFirst().succeeded("connection");
    assertThat(ends).containsExactly("won connection");
  }

  @Test
  void theNextBeginsAfterTheDelayOfTheRfcAndNotBefore() {
    dial(3);
    pass(249);
    assertThat(attempts).hasSize(1);
    pass(1);
    assertThat(attempts).hasSize(2);
    pass(250);
    assertThat(attempts).hasSize(3);
    assertThat(clock.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
    assertThat(attempts).allMatch(each -> each.isRunning() && !each.abandoned);
  }

  @Test
  void theNextBeginsAtOnceWhenOneFailsAndHasItsOwnDelay() {
    dial(3);
    pass(200);
    attempts.getFirst().failed(new ConnectException("refused"));
    assertThat(attempts).hasSize(2);
    pass(249);
    assertThat(attempts).hasSize(2);
    pass(1);
    assertThat(attempts).hasSize(3);
  }

  @Test
  void theFirstThatSucceedsWinsAndTheOthersAreAbandoned() {
    dial(4);
    pass(250);
    pass(250);
    attempts.get(1).succeeded("second");
    assertThat(ends).containsExactly("won second");
    assertThat(attempts).extracting(each -> each.abandoned).containsExactly(true, false, true);
    assertThat(attempts).noneMatch(DialRace.Attempt::isRunning);
    assertThat(clock.runScheduledPendingTasks()).as("timers").isEqualTo(NO_TIMER);
    pass(1_000);
    assertThat(attempts).hasSize(3);
  }

  @Test
  void itIsLostWhenAllHaveFailedWhateverTheirOrder() {
    Upstream upstream = dial(2);
    pass(250);
    attempts.get(1).failed(new ConnectException("refused"));
    assertThat(ends).isEmpty();
    attempts.get(0).failed(new ConnectTimeoutException("long"));
    assertThat(ends).hasSize(1);
    assertThat(ends.getFirst())
        .startsWith("lost TIMEOUT 127.0.0.1: no connection within 30000 ms; 127.0.0.2: ");
    assertThat(upstream.addressStatus()).allMatch(each -> each.failure() != null);
  }

  @Test
  void withoutDescriptorsItIsOverAtOnce() {
    Upstream upstream = dial(3);
    pass(250);
    attempts.get(1).failed(new IOException("socket(..) failed: Too many open files"));
    assertThat(ends).hasSize(1);
    assertThat(ends.getFirst()).startsWith("lost RESOURCES ");
    assertThat(attempts.getFirst().abandoned).isTrue();
    pass(1_000);
    assertThat(attempts).hasSize(2);
    assertThat(upstream.addressStatus()).as("no fault").allMatch(each -> each.failure() == null);
  }

  @Test
  void whatFailedBeforeDoesNotHideThatThereAreNoDescriptors() {
    dial(3);
    attempts.get(0).failed(new ConnectTimeoutException("long"));
    attempts.get(1).failed(new IOException("socket(..) failed: Too many open files"));
    assertThat(ends).hasSize(1);
    assertThat(ends.getFirst()).startsWith("lost RESOURCES ");
  }

  @Test
  void anAddressThatWasSilentForItsTimeIsSaidToHaveBeen() {
    Upstream upstream = dial(3, Duration.ofMillis(30)); // 10 ms for each
    quietly(20);
    pass(10);
    attempts.get(1).succeeded("second");
    assertThat(upstream.addressStatus())
        .extracting(AddressStatus::address)
        .containsExactly("127.0.0.2", "127.0.0.1", "127.0.0.3");
    assertThat(upstream.addressStatus().get(1).failure())
        .matches("no connection within \\d+ ms, when 127\\.0\\.0\\.2 answered");
    assertThat(upstream.addressStatus().get(1).since()).isNotNull();
    assertThat(upstream.addressStatus().get(2).failure()).isNull();
  }

  @Test
  void oneThatHadNoTimeYetIsNotBlamed() {
    Upstream upstream = dial(2);
    pass(250);
    attempts.get(0).succeeded("first");
    assertThat(upstream.addressStatus()).allMatch(each -> each.failure() == null);
  }

  @Test
  void eachGetsItsTurnWithinTheLimit() {
    assertThat(DialRace.attemptDelay(Duration.ofSeconds(5), 16)).hasMillis(250);
    assertThat(DialRace.attemptDelay(Duration.ofSeconds(1), 10)).hasMillis(100);
    assertThat(DialRace.attemptDelay(Duration.ofMillis(100), 16)).hasMillis(10);
  }

  @Test
  void anAttemptHasWhatIsLeftOfTheLimit() {
    dial(2, Duration.ofMillis(400));
    quietly(50);
    pass(200);
    assertThat(attempts.get(0).limit()).hasMillis(400);
    assertThat(attempts.get(1).limit()).isLessThanOrEqualTo(Duration.ofMillis(350));
  }

  @Test
  void behindTheLimitNoneBegins() {
    dial(3, Duration.ofMillis(20));
    quietly(30);
    attempts.getFirst().failed(new ConnectTimeoutException("long"));
    assertThat(attempts).hasSize(1);
    assertThat(ends).hasSize(1);
  }

  private Upstream dial(int addresses) {
    return dial(addresses, Duration.ofSeconds(30));
  }

  private Upstream dial(int addresses, Duration limit) {
    var upstream =
        new Upstream(
            new Upstream.Settings(
                "several.test", 443, null, "nginx", limit, 1, Duration.ofSeconds(30)));
    List<InetAddress> found = new ArrayList<>();
    for (int i = 1; i <= addresses; i++) {
      found.add(InetAddress.ofLiteral("127.0.0." + i));
    }
    upstream.found(found);
    new Race(upstream).start();
    return upstream;
  }

  /** Lets the timers' time pass, which stands still otherwise. */
  private void pass(int millis) {
    clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    clock.runScheduledPendingTasks();
  }

  /** Lets time pass that no timer sees. */
  private static void quietly(int millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  private final class Race extends DialRace<String> {
    Race(Upstream upstream) {
      super(clock.eventLoop(), upstream);
    }

    @Override
    Attempt attempt(InetSocketAddress address) {
      var attempt = new Scripted(address);
      attempts.add(attempt);
      return attempt;
    }

    @Override
    void won(String connection) {
      ends.add("won " + connection);
    }

    @Override
    void lost(DialException failure) {
      ends.add("lost " + failure.failure() + " " + failure.getMessage());
    }

    final class Scripted extends Attempt {
      private boolean abandoned;

      Scripted(InetSocketAddress address) {
        super(address);
      }

      @Override
      void begin() {}

      @Override
      void abandon() {
        abandoned = true;
      }
    }
  }
}
