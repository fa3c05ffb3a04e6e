package io.harborgateway.control;

import io.harborgateway.config.ClientAuthConfig;
import io.harborgateway.config.HttpConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.TimeoutsConfig;
import io.harborgateway.config.values.Cidr;
import io.harborgateway.config.values.ClientCertForm;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.http.AccessLog;
import io.harborgateway.http.HttpService;
import io.harborgateway.http.KeepAlivePolicy;
import io.harborgateway.http.head.ClientCertificateField;
import io.harborgateway.http.head.HeadLimits;
import io.harborgateway.listen.ConnectionPath;
import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tls.ClientAuth;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.tls.TlsService;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A listener of protocol {@code http} or {@code https}. */
final class HttpListener extends ListenerService {
  private final HttpService service;
  private final TlsRules tls;

  /** What a listener's handshakes consult; unused without TLS. */
  private record TlsRules(
      Live live,
      UpstreamSet upstreams,
      TlsContexts contexts,
      DataPlane plane,
      ListenerMeters meters) {
    TlsService service(ListenerConfig section, Snapshot snapshot) {
      return new TlsService(
          live::routes,
          instance ->
              upstreams.takes(instance)
                  ? live.get().certificates().refusal(instance)
                  : "its upstream does not answer",
          contexts,
          plane.handshakes(),
          clientAuth(section.clientAuth(), snapshot),
          section.timeouts().head(),
          plane.relief(),
          meters);
    }

    /** Returns what is demanded of clients of an instance: by itself, otherwise by the listener. */
    private Function<Instance, @Nullable ClientAuth> clientAuth(
        @Nullable ClientAuthConfig section, Snapshot snapshot) {
      if (section == null) {
        return instance -> live.get().ownClientAuth(instance);
      }
      // A later snapshot has no such section once the listener is leaving.
      ClientAuth atFirst = Objects.requireNonNull(snapshot.clientAuths().of(section));
      return instance -> {
        Live.State state = live.get();
        ClientAuth own = state.ownClientAuth(instance);
        return own != null
            ? own
            : Objects.requireNonNullElse(state.snapshot().clientAuths().of(section), atFirst);
      };
    }
  }

  private HttpListener(
      ListenerConfig section, Snapshot snapshot, HttpService service, TlsRules tls) {
    super(section, tls.upstreams, tls.meters, path(section, snapshot, service, tls));
    this.service = service;
    this.tls = tls;
  }

  static HttpListener create(
      ListenerConfig section,
      Snapshot snapshot,
      Live live,
      DataPlane plane,
      UpstreamSet upstreams,
      TlsContexts contexts,
      AccessLog accessLog) {
    ListenerMeters meters = plane.meters().listener(section.name());
    var service =
        new HttpService(
            settings(section, snapshot.config().http()),
            live::routes,
            upstreams::pools,
            plane.connector(),
            plane.deadlines(),
            meters,
            accessLog,
            plane.relief());
    service.refuseWhile(upstreams::keeps);
    if (section.protocol() == Protocol.HTTP) {
      service.answer(plane.challenges());
    }
    return new HttpListener(
        section, snapshot, service, new TlsRules(live, upstreams, contexts, plane, meters));
  }

  private static ConnectionPath path(
      ListenerConfig section, Snapshot snapshot, HttpService service, TlsRules tls) {
    return section.protocol() == Protocol.HTTPS
        ? ConnectionPath.https(tls.service(section, snapshot), service)
        : ConnectionPath.http(service);
  }

  @Override
  ConnectionPath path(ListenerConfig next, Snapshot snapshot) {
    service.use(settings(next, snapshot.config().http()));
    return path(next, snapshot, service, tls);
  }

  private static HttpService.Settings settings(ListenerConfig section, HttpConfig http) {
    TimeoutsConfig timeouts = section.timeouts();
    List<Cidr> proxies = http.trustedProxies();
    return new HttpService.Settings(
        section.name(),
        section.protocol().name().toLowerCase(Locale.ROOT),
        timeouts.head(),
        timeouts.idle(),
        timeouts.inactivity(),
        timeouts.response(),
        new HeadLimits(
            (int) http.maxHeadSize().bytes(), (int) http.maxTargetSize().bytes(), http.maxFields()),
        address -> proxies.stream().anyMatch(cidr -> cidr.contains(address)),
        http.via(),
        certificateField(http),
        http.leastBodyRate().bytes());
  }

  private static ClientCertificateField certificateField(HttpConfig http) {
    return switch (http.forwardedClientCert()) {
      case ALWAYS_FORWARD -> ClientCertificateField.KEPT;
      case FORWARD -> ClientCertificateField.KEPT_WITH_CERTIFICATE;
      case SANITIZE_SET ->
          http.clientCertForm() == ClientCertForm.RAW
              ? ClientCertificateField.SET_RAW
              : ClientCertificateField.SET_ENVOY;
    };
  }

  @Override
  void keep(KeepAlivePolicy policy) {
    service.keep(policy);
  }

  @Override
  void closeIdle(DataPlane plane, Predicate<Instance> which, boolean withoutTls) {
    service.closeIdle(plane.loops(), which, withoutTls);
  }

  @Override
  void servedElsewhere(Predicate<Instance> which) {
    service.servedElsewhere(which);
  }

  @Override
  boolean servesInstances() {
    return true;
  }
}
