package io.harborgateway.control;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.http.KeepAlivePolicy;
import io.harborgateway.listen.ConnectionPath;
import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tcp.TcpService;
import java.util.function.Predicate;

/** A listener of protocol {@code tcp}. */
final class TcpListener extends ListenerService {
  private final DataPlane plane;

  private TcpListener(
      ListenerConfig section, DataPlane plane, UpstreamSet upstreams, ListenerMeters meters) {
    super(
        section,
        upstreams,
        meters,
        ConnectionPath.tcp(service(section, plane, upstreams.fallback(), meters)));
    this.plane = plane;
  }

  static TcpListener create(ListenerConfig section, DataPlane plane, UpstreamSet upstreams) {
    return new TcpListener(section, plane, upstreams, plane.meters().listener(section.name()));
  }

  private static TcpService service(
      ListenerConfig section, DataPlane plane, CheckedUpstream upstream, ListenerMeters meters) {
    return new TcpService(
        section.name(),
        upstream.upstream(),
        upstream.pools().meters(),
        plane.connector(),
        plane.deadlines(),
        plane.buffers(),
        plane.relief(),
        section.timeouts().inactivity(),
        meters);
  }

  /** The path looks up the listener's upstream each time it is needed. */
  @Override
  ConnectionPath path(ListenerConfig next, Snapshot snapshot) {
    return ConnectionPath.tcp(service(next, plane, upstreams().fallback(), meters()));
  }

  /** Does nothing: the end of a connection can't be announced within opaque bytes. */
  @Override
  void keep(KeepAlivePolicy policy) {}

  /** Does nothing: it is not known which connections are idle. */
  @Override
  void closeIdle(DataPlane unused, Predicate<Instance> which, boolean withoutTls) {}

  @Override
  void servedElsewhere(Predicate<Instance> which) {}

  @Override
  boolean servesInstances() {
    return false;
  }
}
