package io.harborgateway.lifecycle;

import java.util.Locale;
import java.util.Map;

/** A route has changed state or content; includes TCP routes of the routing API. */
public sealed interface RouteEvent extends NodeEvent {
  /** Returns the id of the route. */
  String route();

  @Override
  default String subject() {
    return route();
  }

  /** The states of an HTTP route; see the diagram in docs/announcing.md. */
  enum State {
    /** It is held back; the routers have not been told about it. */
    HELD(NodeEventKind.ROUTE_HELD, "route held"),
    /** It should be announced. */
    READY(NodeEventKind.ROUTE_READY, "route ready"),
    /** The routers have been told about it. */
    ANNOUNCED(NodeEventKind.ROUTE_ANNOUNCED, "route announced"),
    /** The routers are being told that it is gone. */
    WITHDRAWING(NodeEventKind.ROUTE_WITHDRAWING, "route being withdrawn"),
    /** The routers have been told that it is gone. */
    WITHDRAWN(NodeEventKind.ROUTE_WITHDRAWN, "route withdrawn");

    private final NodeEventKind kind;
    private final String text;

    State(NodeEventKind kind, String text) {
      this.kind = kind;
      this.text = text;
    }

    /** Returns the name in lower case, as in metrics. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An HTTP route has changed state.
   *
   * @param reason what holds it back or is worth knowing about it; may be empty
   */
  record Moved(String route, State state, String reason) implements RouteEvent {
    public Moved {
      route = EventFields.text(route);
      reason = EventFields.text(reason);
    }

    @Override
    public NodeEventKind kind() {
      return state.kind;
    }

    @Override
    public String text() {
      return state.text;
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("route", route).ifAny("reason", reason).map();
    }
  }

  /** Its upstream is down, but it stays announced as the last node. */
  record Kept(String route, String reason) implements RouteEvent {
    public Kept {
      route = EventFields.text(route);
      reason = EventFields.text(reason);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.ROUTE_KEPT;
    }

    @Override
    public String text() {
      return "nobody else is known to serve the route's names: it stays announced, and answers 503";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("route", route).with("reason", reason).map();
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /**
   * Its names or other properties have changed.
   *
   * @param names the names it is now announced under
   * @param former the names it was announced under
   */
  record Replaced(String route, String names, String former) implements RouteEvent {
    public Replaced {
      route = EventFields.text(route);
      names = EventFields.text(names);
      former = EventFields.text(former);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.ROUTE_REPLACED;
    }

    @Override
    public String text() {
      return "route replaced";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("route", route).with("names", names).with("former", former).map();
    }
  }

  /** The routing API has accepted it. */
  record TcpAnnounced(String route, int port) implements RouteEvent {
    public TcpAnnounced {
      route = EventFields.text(route);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.TCP_ROUTE_ANNOUNCED;
    }

    @Override
    public String text() {
      return "the routing API has the TCP route";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("route", route).with("port", port).map();
    }
  }

  /** The routing API has deleted it, or did not have it. */
  record TcpWithdrawn(String route) implements RouteEvent {
    public TcpWithdrawn {
      route = EventFields.text(route);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.TCP_ROUTE_WITHDRAWN;
    }

    @Override
    public String text() {
      return "the routing API deleted the TCP route";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("route", route).map();
    }
  }
}
