package io.harborgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.route.Instance;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class TlsContextsTest {
  /** Strangers can ask for it as often as they like. */
  @Test
  void aRefusalIsToldToThoseWhoAskAndLoggedByNoLibrary() {
    Logger logger = Logger.getLogger("com.github.benmanes.caffeine");
    var heard = new Heard();
    logger.addHandler(heard);
    var instance =
        new Instance(
            InstanceGuid.of("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
            List.of(HostName.of("a.test")));
    try (var contexts =
        new TlsContexts(
            asked -> {
              throw new IllegalStateException("no such file");
            },
            () -> TlsSettings.INTERMEDIATE,
            () -> TicketKeys.NONE,
            Runnable::run)) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> contexts.context(instance).join())
            .hasRootCauseMessage("no such file");
      }
      assertThat(heard.messages).isEmpty();
    } finally {
      logger.removeHandler(heard);
    }
  }

  private static final class Heard extends Handler {
    final List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      messages.add(entry.getMessage());
    }

    @Override
    public void flush() {
      // Nothing waits.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
