package io.harborgateway.control;

import io.harborgateway.lifecycle.NodeEvent;
import io.harborgateway.lifecycle.RecordedEvent;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs node events: one line for each, written nowhere else. */
final class NodeEventLog implements Consumer<RecordedEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(NodeEventLog.class);

  @Override
  public void accept(RecordedEvent recorded) {
    NodeEvent event = recorded.event();
    LoggingEventBuilder line = LOG.atLevel(level(event.severity()));
    for (Map.Entry<String, Object> field : event.fields().entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
    }
    line.addKeyValue("event", event.kind()).log(event.text());
  }

  private static Level level(NodeEvent.Severity severity) {
    return switch (severity) {
      case INFO -> Level.INFO;
      case WARN -> Level.WARN;
      case ERROR -> Level.ERROR;
    };
  }
}
