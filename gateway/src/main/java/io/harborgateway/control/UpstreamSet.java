package io.harborgateway.control;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Pin;
import io.harborgateway.config.HealthCheckConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.InstanceUpstreamConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.UpstreamConfig;
import io.harborgateway.config.UpstreamTlsConfig;
import io.harborgateway.http.UpstreamPools;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.upstream.Upstream;
import io.harborgateway.upstream.UpstreamTls;
import io.netty.handler.ssl.SslContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The upstreams of one listener: its own, and those of instances that have one of theirs. */
public final class UpstreamSet {
  private final UpstreamPools fallback;
  private final Map<String, UpstreamPools> byGuid = new HashMap<>();
  private final Map<Upstream, HealthCheckConfig> checks = new LinkedHashMap<>();

  /** Changed by the control thread, asked by event loops. */
  private final Set<Instance> kept = ConcurrentHashMap.newKeySet();

  /**
   * @throws SSLException when a TLS context can't be made
   */
  public UpstreamSet(ListenerConfig listener, Snapshot snapshot, Meters meters)
      throws SSLException {
    fallback = pools(listener.name(), listener.upstream(), snapshot, meters);
    checks.put(fallback.upstream(), listener.upstream().health());
    for (InstanceConfig instance : snapshot.config().instances()) {
      for (InstanceUpstreamConfig own : instance.upstreams()) {
        if (own.listener().equals(listener.name())) {
          String label = listener.name() + "/" + instance.guid().value();
          UpstreamPools pools = pools(label, own.upstream(), snapshot, meters);
          byGuid.put(instance.guid().value(), pools);
          checks.put(pools.upstream(), own.upstream().health());
        }
      }
    }
  }

  UpstreamPools of(Instance instance) {
    UpstreamPools own = byGuid.get(instance.guid().value());
    return own == null ? fallback : own;
  }

  /** Whether connections and requests for the instance are taken: it is served, or kept. */
  boolean takes(Instance instance) {
    return of(instance).upstream().isUp() || keeps(instance);
  }

  /** Whether any upstream answers, or any instance is kept. */
  boolean takesAny() {
    return !kept.isEmpty() || checks.keySet().stream().anyMatch(Upstream::isUp);
  }

  /**
   * Whether the instance's requests are answered 503, since its upstream is down and this is the
   * last node that announces it.
   */
  boolean keeps(Instance instance) {
    return !kept.isEmpty() && kept.contains(instance);
  }

  void keep(Instance instance, boolean keep) {
    if (keep) {
      kept.add(instance);
    } else {
      kept.remove(instance);
    }
  }

  /** Returns the upstreams of the instances that are kept. */
  Set<Upstream> kept() {
    Set<Upstream> upstreams = new HashSet<>();
    kept.forEach(instance -> upstreams.add(of(instance).upstream()));
    return upstreams;
  }

  UpstreamPools fallback() {
    return fallback;
  }

  /** Returns all of them with what is said about their checks. */
  public Map<Upstream, HealthCheckConfig> all() {
    return checks;
  }

  private static UpstreamPools pools(
      String label, UpstreamConfig section, Snapshot snapshot, Meters meters) throws SSLException {
    String host = section.address().host();
    UpstreamTlsConfig tls = section.tls();
    String serverName = tls != null && tls.serverName() != null ? tls.serverName().value() : host;
    var settings =
        new Upstream.Settings(
            host,
            section.address().port(),
            tls == null ? null : context(tls, snapshot),
            serverName,
            section.connectTimeout(),
            section.maxIdleConnections(),
            section.idleTimeout());
    return new UpstreamPools(new Upstream(settings), meters.upstream(label));
  }

  private static SslContext context(UpstreamTlsConfig tls, Snapshot snapshot) throws SSLException {
    if (tls.ca() != null) {
      return UpstreamTls.byAuthority(Objects.requireNonNull(snapshot.authorities().get(tls.ca())));
    }
    return tls.pin() == null ? UpstreamTls.insecure() : UpstreamTls.byPin(pin(tls.pin()));
  }

  private static Pin pin(@Nullable String text) {
    try {
      return Pin.parse(String.valueOf(text));
    } catch (CertificateProblem e) {
      throw new IllegalStateException("the plan has checked the pin", e);
    }
  }
}
