package io.harborgateway.lifecycle;

import java.util.Locale;

/** The kinds of {@link NodeEvent}. Their names are read by machines and must not change. */
public enum NodeEventKind {
  NODE_STARTING,
  NODE_STARTED,
  NODE_STOPPED,
  LISTENER_BOUND,
  LISTENER_UNBOUND,
  UPSTREAM_UP,
  UPSTREAM_DOWN,
  ROUTE_READY,
  ROUTE_ANNOUNCED,
  ROUTE_HELD,
  ROUTE_WITHDRAWING,
  ROUTE_WITHDRAWN,
  ROUTE_KEPT,
  ROUTE_REPLACED,
  TCP_ROUTE_ANNOUNCED,
  TCP_ROUTE_WITHDRAWN,
  BUS_CONNECTED,
  BUS_LOST,
  BUS_CLOSED,
  RELOAD_APPLIED,
  RELOAD_UNCHANGED,
  RELOAD_REJECTED,
  CERTIFICATES_CHECKED,
  CERTIFICATE_REFUSED,
  CERTIFICATE_REPLACED,
  CERTIFICATE_OUTDATED,
  CERTIFICATE_ENDING,
  CERTIFICATE_HELD,
  CERTIFICATE_GOOD,
  CERTIFICATE_DOUBTFUL,
  CERTIFICATES_CHANGED,
  CERTIFICATE_ISSUED,
  CERTIFICATES_ISSUED,
  CERTIFICATE_NOT_ISSUED,
  DRAIN_PHASE;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** Returns the name in kebab case. */
  @Override
  public String toString() {
    return text;
  }
}
