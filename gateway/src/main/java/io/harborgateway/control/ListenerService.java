package io.harborgateway.control;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.TimeoutsConfig;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.http.AccessLog;
import io.harborgateway.http.HttpService;
import io.harborgateway.http.head.HeadLimits;
import io.harborgateway.listen.ConnectionPath;
import io.harborgateway.listen.Listener;
import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.tcp.TcpService;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.tls.TlsService;
import java.net.InetSocketAddress;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One listener with all that its connections use.
 *
 * @param http null for a TCP listener
 */
record ListenerService(
    ListenerConfig section, UpstreamSet upstreams, @Nullable HttpService http, Listener listener) {

  /**
   * Makes the port, not bound.
   *
   * @throws SSLException when an upstream's TLS context can't be made
   */
  static ListenerService of(
      ListenerConfig section,
      Snapshot snapshot,
      DataPlane plane,
      TlsContexts contexts,
      CertificateWatch certificates,
      AccessLog accessLog)
      throws SSLException {
    ListenerMeters meters = plane.meters().listener(section.name());
    var upstreams = new UpstreamSet(section, snapshot, plane.meters());
    HttpService http =
        section.protocol() == Protocol.TCP
            ? null
            : httpService(section, snapshot, plane, upstreams, meters, accessLog);
    if (http != null) {
      http.refuseWhile(upstreams::keeps);
    }
    ConnectionPath path =
        http == null
            ? ConnectionPath.tcp(tcpService(section, plane, upstreams, meters))
            : section.protocol() == Protocol.HTTP
                ? ConnectionPath.http(http)
                : ConnectionPath.https(
                    new TlsService(
                        snapshot::routes,
                        instance ->
                            upstreams.takes(instance)
                                ? certificates.refusal(instance)
                                : "its upstream does not answer",
                        contexts,
                        section.timeouts().head(),
                        plane.relief(),
                        meters),
                    http);
    var address = new InetSocketAddress(section.address(), section.port());
    var listener = new Listener(section.name(), address, path, meters);
    return new ListenerService(section, upstreams, http, listener);
  }

  String name() {
    return section.name();
  }

  private static HttpService httpService(
      ListenerConfig section,
      Snapshot snapshot,
      DataPlane plane,
      UpstreamSet upstreams,
      ListenerMeters meters,
      AccessLog accessLog) {
    TimeoutsConfig timeouts = section.timeouts();
    var http = snapshot.config().http();
    var settings =
        new HttpService.Settings(
            section.name(),
            section.protocol().name().toLowerCase(Locale.ROOT),
            timeouts.head(),
            timeouts.idle(),
            timeouts.inactivity(),
            timeouts.response(),
            new HeadLimits(
                (int) http.maxHeadSize().bytes(),
                (int) http.maxTargetSize().bytes(),
                http.maxFields()),
            plane.trustedProxies(),
            http.via(),
            http.leastBodyRate().bytes());
    return new HttpService(
        settings,
        snapshot::routes,
        upstreams::of,
        plane.connector(),
        plane.deadlines(),
        meters,
        accessLog,
        plane.relief());
  }

  private static TcpService tcpService(
      ListenerConfig section, DataPlane plane, UpstreamSet upstreams, ListenerMeters meters) {
    return new TcpService(
        section.name(),
        upstreams.fallback().upstream(),
        upstreams.fallback().meters(),
        plane.connector(),
        plane.deadlines(),
        plane.buffers(),
        plane.relief(),
        section.timeouts().inactivity(),
        meters);
  }

  /** Itself only: equal values would be compared by the whole configuration of the listener. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
