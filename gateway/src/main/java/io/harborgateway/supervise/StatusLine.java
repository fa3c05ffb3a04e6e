package io.harborgateway.supervise;

import io.harborgateway.lifecycle.ConditionStatus;
import io.harborgateway.lifecycle.DrainEvent;
import io.harborgateway.lifecycle.NodeEvent;
import io.harborgateway.lifecycle.ReloadEvent;
import java.util.List;

/** What the node is doing, in one line for people. Confined to one thread. */
final class StatusLine {
  /** {@code systemctl status} shows one line; what is cut off is in {@code /status}. */
  static final int LONGEST = 400;

  private final NodeState node;
  private boolean started;
  private DrainEvent.Phase drain = DrainEvent.Phase.UNDONE;
  private String rejected = "";

  StatusLine(NodeState node) {
    this.node = node;
  }

  /** The start is over. */
  void started() {
    started = true;
  }

  /** Takes note of what the node itself does not show later. */
  void see(NodeEvent event) {
    switch (event) {
      case DrainEvent(var phase, var connections) -> drain = phase;
      case ReloadEvent.Rejected rejection ->
          rejected = "; the last reload was rejected: " + rejection.first();
      case ReloadEvent taken -> rejected = "";
      default -> {} // the readiness has it
    }
  }

  String text() {
    String text = (doing() + rejected).replaceAll("\\p{Cntrl}+", " ");
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
  }

  private String doing() {
    if (node.readiness().draining()) {
      return draining();
    }
    List<ConditionStatus> unmet =
        node.readiness().snapshot().stream().filter(condition -> !condition.met()).toList();
    if (unmet.isEmpty()) {
      return started ? "serving" : "starting";
    }
    // A listener only waits for its upstream, which says why.
    ConditionStatus first =
        unmet.stream()
            .filter(condition -> condition.name().startsWith("upstream "))
            .findFirst()
            .orElse(unmet.getFirst());
    return "%sheld back by %s: %s%s"
        .formatted(
            started ? "" : "starting, ",
            first.name(),
            first.reason(),
            unmet.size() == 1 ? "" : " (and %d more)".formatted(unmet.size() - 1));
  }

  private String draining() {
    long connections = node.connections();
    String open = connections == 1 ? "1 connection" : connections + " connections";
    return switch (drain) {
      case BEGUN, UNDONE -> "draining: withdrawing the routes, " + open;
      case ROUTES_WITHDRAWN -> "draining: routes withdrawn, still accepting, " + open;
      case LISTENERS_CLOSED, HANDED_OVER -> "draining: " + open + " left";
      case DONE -> "drained";
      case TIMED_OUT -> "drained: the time was up, " + open + " left";
    };
  }
}
