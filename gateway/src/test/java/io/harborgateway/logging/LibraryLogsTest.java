package io.harborgateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.HeardLogs;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LibraryLogsTest {
  @AfterEach
  void restore() throws Exception {
    System.clearProperty("java.util.logging.config.class");
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void whatIsLoggedByTheJdkGoesToTheProgramsLog() {
    LibraryLogs.redirect();
    assertThat(System.getProperty("java.util.logging.config.class"))
        .isEqualTo(LibraryLogs.class.getName());
    try (var heard = HeardLogs.of(LibraryLogsTest.class)) {
      var handler = new LibraryLogs.ToProgramLog();
      for (Level level : new Level[] {Level.SEVERE, Level.WARNING, Level.INFO}) {
        var entry = new LogRecord(level, "to {0}");
        entry.setLoggerName(LibraryLogsTest.class.getName());
        entry.setParameters(new Object[] {level});
        entry.setThrown(new IllegalStateException("x"));
        handler.publish(entry);
      }
      assertThat(heard.lines()).containsExactly("to SEVERE", "to WARNING", "to INFO");
    }
  }

  @Test
  void noHandlerWritesToStandardErrorAnyMore() throws Exception {
    var _ = new LibraryLogs();
    assertThat(Logger.getLogger("").getHandlers())
        .hasOnlyElementsOfType(LibraryLogs.ToProgramLog.class);
  }
}
