package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class PoolTest {
  private final EventLoop loop = new EmbeddedChannel().eventLoop();
  private final Pool<String> pool = new Pool<>(loop, 2, () -> {});

  @Test
  void givesTheConnectionUsedLastFirst() {
    pool.offer("older");
    pool.offer("newer");
    assertThat(pool.take()).isEqualTo("newer");
    assertThat(pool.take()).isEqualTo("older");
    assertThat(pool.take()).isNull();
  }

  @Test
  void refusesWhatIsBeyondItsSizeAndKeepsWhatItHas() {
    assertThat(pool.offer("first")).isTrue();
    assertThat(pool.offer("second")).isTrue();
    assertThat(pool.offer("third")).isFalse();
    assertThat(pool.take()).isEqualTo("second");
    assertThat(pool.offer("third")).isTrue();
  }

  @Test
  void ofSizeZeroKeepsNothing() {
    Pool<String> none = new Pool<>(loop, 0, () -> {});
    assertThat(none.offer("any")).isFalse();
    assertThat(none.take()).isNull();
  }

  @Test
  void neverGivesAwayWhatWasRemoved() {
    pool.offer("older");
    pool.offer("newer");
    pool.remove("newer");
    pool.remove("unknown");
    assertThat(pool.take()).isEqualTo("older");
    assertThat(pool.take()).isNull();
  }

  @Test
  void givesBackWhatIsOfNoUseAnyMore() {
    pool.offer("older");
    pool.offer("newer");
    assertThat(pool.takeAll("older"::equals)).containsExactly("older");
    assertThat(pool.size()).isEqualTo(1);
    assertThat(pool.take()).isEqualTo("newer");
  }

  @Test
  void tellsHowManyAreIdle() {
    assertThat(pool.size()).isZero();
    pool.offer("first");
    pool.offer("second");
    pool.offer("refused");
    assertThat(pool.size()).isEqualTo(2);
    pool.remove("first");
    assertThat(pool.size()).isEqualTo(1);
    pool.take();
    assertThat(pool.size()).isZero();
  }

  @Test
  void retiredItGivesBackWhatItHasAndKeepsNothingMore() {
    pool.offer("older");
    pool.offer("newer");
    assertThat(pool.retire()).containsExactly("newer", "older");
    assertThat(pool.size()).isZero();
    assertThat(pool.take()).isNull();
    assertThat(pool.offer("late")).isFalse();
  }
}
