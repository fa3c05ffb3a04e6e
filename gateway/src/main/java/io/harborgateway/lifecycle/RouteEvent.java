package io.harborgateway.lifecycle;

import java.util.Map;

/**
 * A route has come into another state, or is another one; TCP routes by the routing API included.
 */
public sealed interface RouteEvent extends NodeEvent {
  /** Returns the id of the route. */
  String route();

  @Override
  default String subject() {
    return route();
  }

  /** A route of HTTP routers has come into another state. */
  sealed interface Moved extends RouteEvent {
    /** Returns what holds it back, or is worth knowing of it; may be empty. */
    String reason();

    /** Returns the state as the metrics name it. */
    String state();

    @Override
    default Map<String, Object> fields() {
      return EventFields.of("route", route()).ifAny("reason", reason()).map();
    }
  }

  /** The routers are to be told of it. */
  record Ready(String route, String reason) implements Moved {
    public Ready {
      route = EventFields.text(route);
      reason = EventFields.text(reason);
    }

    @Override
    public String state() {
      return "ready";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.ROUTE_READY;
    }

    @Override
    public String text() {
      return "route ready";
    }
  }

  /** The routers were told of it. */
  record Announced(String route, String reason) implements Moved {
    public Announced {
      route = EventFields.text(route);
      reason = EventFields.text(reason);
    }

    @Override
    public String state() {
      return "announced";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.ROUTE_ANNOUNCED;
    }

    @Override
    public String text() {
      return "route announced";
    }
  }

  /** It is not to be announced after all; the routers were not told of it. */
  record Held(String route, String reason) implements Moved {
    public Held {
      route = EventFields.text(route);
      reason = EventFields.text(reason);
    }

    @Override
    public String state() {
      return "held";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.ROUTE_HELD;
    }

    @Override
    public String text() {
      return "route held";
    }
  }

  /** The routers are being told that it is gone. */
  record Withdrawing(String route, String reason) implements Moved {
    public Withdrawing {
      route = EventFields.text(route);
      reason = EventFields.text(reason);
    }

    @Override
    public String state() {
      return "withdrawing";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.ROUTE_WITHDRAWING;
    }

    @Override
    public String text() {
      return "route being withdrawn";
    }
  }

  /** The routers were told that it is gone. */
  record Withdrawn(String route, String reason) implements Moved {
    public Withdrawn {
      route = EventFields.text(route);
      reason = EventFields.text(reason);
    }

    @Override
    public String state() {
      return "withdrawn";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.ROUTE_WITHDRAWN;
    }

    @Override
    public String text() {
      return "route withdrawn";
    }
  }

  /** Its upstream is down, and it is announced all the same: as the last node. */
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
   * It has other names, or other properties.
   *
   * @param names what it is announced under now
   * @param former what it was announced under
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

  /** The routing API has taken it. */
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
