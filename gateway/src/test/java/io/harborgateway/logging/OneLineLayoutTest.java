package io.harborgateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class OneLineLayoutTest {
  private static LoggingEvent event(
      String message, @Nullable Throwable failure, Object... arguments) {
    var logger = new LoggerContext().getLogger("a.b.Thing");
    var event = new LoggingEvent("x", logger, Level.WARN, message, failure, arguments);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.006Z"));
    return event;
  }

  private static String line(LoggingEvent event) {
    return new OneLineLayout().doLayout(event);
  }

  @Test
  void aLineHasTimeLevelPlaceMessageAndValues() {
    LoggingEvent event = event("it is {}", null, "so");
    event.setKeyValuePairs(List.of(new KeyValuePair("a", 1), new KeyValuePair("b", "x y")));
    assertThat(line(event))
        .isEqualTo("2026-01-02T03:04:05.006Z WARN  Thing: it is so a=\"1\" b=\"x y\"\n");
  }

  @Test
  void nothingThatAPeerSaysBeginsAnotherLineOrReachesTheTerminal() {
    String hostile = "a\r\n2026-01-02T03:04:05.006Z ERROR Forged: x\u001b[2J\u0085\u2028\u202eb";
    LoggingEvent event = event("name {}", new IllegalStateException(hostile), hostile);
    event.setKeyValuePairs(List.of(new KeyValuePair("name", hostile)));
    String text = line(event);
    assertThat(text.lines().skip(1)).isNotEmpty().allMatch(each -> each.startsWith("\t"));
    assertThat(text.chars().filter(c -> c < ' ' && c != '\n' && c != '\t')).isEmpty();
    assertThat(text).doesNotContain("\u0085", "\u2028", "\u202e").contains("\\u001b[2J");
    assertThat(text.lines().findFirst().orElseThrow()).contains("a\\r\\n2026");
  }

  @Test
  void aTextIsBounded() {
    assertThat(line(event("{}", null, "x".repeat(100_000)))).hasSizeLessThan(9_000);
  }
}
