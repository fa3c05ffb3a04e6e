package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is said on NATS: nothing is thrown but the refusal of a message, and everything that is
 * kept of it stays within its bounds. Fixed seeds, and one that differs in each run.
 */
final class ReceivedMessagesFuzzTest {
  private static final int MESSAGES = 2_000;
  private static final List<Duration> CONFIGURED =
      List.of(Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofHours(1));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 0})
  void descriptionsOfRouters(long fixed) {
    long seed = fixed == 0 ? System.nanoTime() : fixed;
    var messages = new RandomMessages(new Random(seed));
    var knownRouters = new KnownRouters(Clock.systemUTC());
    int taken = 0;
    for (int i = 0; i < MESSAGES; i++) {
      byte[] message = messages.router();
      try {
        knownRouters.heard(message);
        taken++;
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).as("seed " + seed).hasSizeLessThan(200);
      }
      if (i % 20 == 0) {
        assertBounded(knownRouters, "seed " + seed + ", message " + i);
      }
    }
    assertThat(taken).as("of the messages some are good").isBetween(MESSAGES / 10, MESSAGES - 1);
    assertThat(knownRouters.routers()).hasSizeLessThanOrEqualTo(KnownRouters.MAX_ROUTERS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 0})
  void announcementsOfOthers(long fixed) {
    long seed = fixed == 0 ? System.nanoTime() : fixed;
    var random = new Random(seed);
    var messages = new RandomMessages(random);
    var others = new OtherNodes(System::nanoTime);
    others.add(TestRoutes.HTTPS.message());
    int names = TestRoutes.HTTPS.message().names().size();
    int most = 0;
    for (int i = 0; i < MESSAGES; i++) {
      byte[] message = messages.register(TestRoutes.HTTPS.message().names());
      Duration interval = CONFIGURED.get(random.nextInt(CONFIGURED.size()));
      try {
        others.heard(random.nextInt(4) != 0, message, interval);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).as("seed " + seed).hasSizeLessThan(200);
      }
      most = Math.max(most, others.count());
    }
    assertThat(most).as("seed " + seed).isBetween(1, names * OtherNodes.MAX_ENDPOINTS);
  }

  private static void assertBounded(KnownRouters knownRouters, String which) {
    for (Duration configured : CONFIGURED) {
      Duration interval = knownRouters.interval(configured);
      Duration least =
          configured.compareTo(KnownRouters.SHORTEST) < 0 ? configured : KnownRouters.SHORTEST;
      assertThat(interval).as(which).isBetween(least, KnownRouters.LONGEST);
      assertThat(interval.toNanos()).as(which).isPositive();
    }
    for (RouterStatus router : knownRouters.routers()) {
      assertWithinAnHour(router.minimumRegisterIntervalInSeconds(), which);
      assertWithinAnHour(router.pruneThresholdInSeconds(), which);
      assertThat(router.id().length()).as(which).isBetween(1, KnownRouters.MAX_TEXT);
      assertThat(router.hosts()).as(which).hasSizeLessThanOrEqualTo(KnownRouters.MAX_HOSTS);
      assertThat(String.join("", router.hosts()).length())
          .as(which)
          .isLessThanOrEqualTo(KnownRouters.MAX_HOSTS * KnownRouters.MAX_TEXT);
    }
  }

  private static void assertWithinAnHour(@Nullable Double seconds, String which) {
    if (seconds != null) {
      assertThat(seconds).as(which).isBetween(1.0, 3600.0);
    }
  }

  /** Messages that are nearly right, in some way that a hostile one could be wrong. */
  static final class RandomMessages {
    private static final List<String> NUMBERS =
        List.of(
            "20",
            "120",
            "0",
            "-1",
            "0.0001",
            "1e10",
            "1e400",
            "-1e400",
            "1e-400",
            "NaN",
            "null",
            "9223372036854775808",
            "9".repeat(99),
            "9".repeat(5_000),
            "\"20\"",
            "true",
            "[]",
            "{}",
            "1.7976931348623157e308",
            "4.9e-324",
            "Infinity",
            "3600.5",
            "0x10",
            "00",
            "+1",
            "");
    private static final List<String> TEXTS =
        List.of(
            "\"a\"",
            "\"\"",
            "null",
            "7",
            "[\"a\"]",
            "\"\\u0000\\n\"",
            "\"\\ud800\"",
            "\"ä\"",
            "\"" + "x".repeat(300) + "\"",
            "\"" + "y".repeat(70_000) + "\"",
            "\"a",
            "{\"b\":1}");

    private final Random random;

    RandomMessages(Random random) {
      this.random = random;
    }

    /** What could be on {@code router.start}, or an answer to {@code router.greet}. */
    byte[] router() {
      String id = random.nextInt(4) == 0 ? pick(TEXTS) : "\"router-" + random.nextInt(3_000) + '"';
      return spoilt(
          "{\"id\":%s,\"hosts\":%s,\"minimumRegisterIntervalInSeconds\":%s,%s:%s}"
              .formatted(
                  id,
                  texts(),
                  number(),
                  random.nextInt(20) == 0 ? pick(TEXTS) : "\"pruneThresholdInSeconds\"",
                  number()));
    }

    /** What could be on {@code router.register}, often about one of these names. */
    byte[] register(List<String> names) {
      String uris =
          random.nextInt(4) == 0
              ? texts()
              : "[\"x\", \"" + pick(names).toUpperCase(Locale.ROOT) + "\"]";
      String host = random.nextInt(4) == 0 ? pick(TEXTS) : "\"10.0.0." + random.nextInt(99) + '"';
      return spoilt(
          "{\"uris\":%s,\"host\":%s,\"port\":%s,\"stale_threshold_in_seconds\":%s,\"tags\":{%s:%s}}"
              .formatted(uris, host, number(), number(), "\"harbor-gateway\"", pick(TEXTS)));
    }

    String number() {
      return switch (random.nextInt(3)) {
        case 0 -> pick(NUMBERS);
        case 1 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
        default -> Integer.toString(random.nextInt(200));
      };
    }

    String texts() {
      int nesting = random.nextInt(30) == 0 ? random.nextInt(2_000) : 1;
      var array = new StringBuilder("[".repeat(nesting));
      int count = random.nextInt(30) == 0 ? 5_000 : random.nextInt(20);
      for (int i = 0; i < count; i++) {
        array.append(i == 0 ? "" : ",");
        array.append(random.nextInt(5) == 0 ? pick(TEXTS) : "\"10.0.0." + i % 256 + '"');
      }
      return array.append("]".repeat(nesting)).toString();
    }

    /** The message, in some cases cut off, or with some octets changed. */
    byte[] spoilt(String message) {
      byte[] octets = message.getBytes(StandardCharsets.UTF_8);
      switch (random.nextInt(10)) {
        case 0 -> {
          byte[] cut = new byte[random.nextInt(octets.length)];
          System.arraycopy(octets, 0, cut, 0, cut.length);
          return cut;
        }
        case 1 -> {
          for (int i = 0; i < 3; i++) {
            octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
          }
        }
        case 2 -> random.nextBytes(octets);
        default -> {
          // as it is
        }
      }
      return octets;
    }

    String pick(List<String> values) {
      return values.get(random.nextInt(values.size()));
    }
  }
}
