package io.harborgateway.control;

import io.harborgateway.lifecycle.NodeEvent;
import io.harborgateway.lifecycle.RecordedEvent;
import io.harborgateway.lifecycle.ReloadEvent;
import io.harborgateway.lifecycle.RouteEvent;
import io.harborgateway.metrics.Meters;
import java.util.function.Consumer;

/** Counts node events in metrics. */
final class NodeEventMeters implements Consumer<RecordedEvent> {
  private final Meters meters;

  NodeEventMeters(Meters meters) {
    this.meters = meters;
  }

  @Override
  public void accept(RecordedEvent recorded) {
    NodeEvent event = recorded.event();
    meters.nodeEvent(event.kind().toString());
    if (event instanceof RouteEvent.Moved route) {
      meters.routeMoved(route.state().toString());
    } else if (event instanceof ReloadEvent reload) {
      meters.reloaded(reload.outcome());
    }
  }
}
