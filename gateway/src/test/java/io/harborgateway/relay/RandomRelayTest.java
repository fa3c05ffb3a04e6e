package io.harborgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Through each relay peers see of each other what they see through the plainest one. A failure
 * names its seed; {@code -Drelay.seed=N} repeats it.
 */
@Timeout(120)
class RandomRelayTest {
  private static final Duration TIME = Duration.ofSeconds(5);

  @ParameterizedTest
  @EnumSource
  void peersSeeWhatTheySeeThroughTheReference(RelayStand.Way way) throws Exception {
    Long fixed = Long.getLong("relay.seed");
    var seeds = new Random();
    long end = System.nanoTime() + TIME.toNanos();
    int played = 0;
    do {
      long seed = fixed != null ? fixed : seeds.nextLong();
      try {
        playBoth(way, seed);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("relay.seed=" + seed + " after " + played + " that passed", e);
      }
      played++;
    } while (fixed == null && System.nanoTime() < end);
  }

  private static void playBoth(RelayStand.Way way, long seed) throws Exception {
    List<String> expected;
    try (var reference = new ReferenceRelay()) {
      expected = new RelayScript(seed).play(reference.front(), reference.upstream());
    }
    var script = new RelayScript(seed);
    try (var stand = new RelayStand(way)) {
      stand.start(Duration.ofMinutes(1));
      assertThat(script.play(stand.front(), stand.upstream())).isEqualTo(expected);
      if (script.isOrderly()) {
        assertThat(stand.end())
            .isEqualTo(new RelayStand.End(script.frontSent(), script.upstreamSent(), null));
        Await.until("both are closed", () -> !stand.isOpen());
      }
      stand.front().close();
      stand.upstream().close();
      Await.until("no pipe is left in use", () -> stand.buffers().pipesInUse() == 0);
    }
  }
}
