package io.harborgateway.pace;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class PacedLineTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(PacedLineTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private long nanos = Long.MAX_VALUE - 5; // it overflows within the test
  private final PacedLine line = new PacedLine(logger, Level.WARN, () -> nanos);

  @BeforeEach
  void listens() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leaves() {
    logger.detachAppender(lines);
  }

  @Test
  void aFloodIsOneLineAMinuteWithTheNumberOfTheOthers() {
    for (int i = 0; i < 1_000; i++) {
      line.log("line " + i);
    }
    assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("line 0");
    nanos += PacedLine.PACE_NANOS;
    line.log("another {}");
    assertThat(lines.list).hasSize(2);
    assertThat(lines.list.getLast().getFormattedMessage()).isEqualTo("another {}");
    assertThat(lines.list.getLast().getKeyValuePairs())
        .extracting(Object::toString)
        .containsExactly("suppressed=\"999\"");
  }
}
