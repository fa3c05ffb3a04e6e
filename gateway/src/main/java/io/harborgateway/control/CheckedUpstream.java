package io.harborgateway.control;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.Pin;
import io.harborgateway.config.UpstreamConfig;
import io.harborgateway.config.UpstreamTlsConfig;
import io.harborgateway.http.UpstreamPools;
import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.lifecycle.UpstreamEvent;
import io.harborgateway.metrics.Meters;
import io.harborgateway.metrics.UpstreamMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.upstream.HealthCheck;
import io.harborgateway.upstream.Upstream;
import io.harborgateway.upstream.UpstreamTls;
import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An upstream with its connections and its health check. Methods not marked as for any thread are
 * confined to the control thread.
 */
final class CheckedUpstream {
  /**
   * The configuration of an upstream, with the files it names.
   *
   * @param authorities empty if none are named
   * @param certificate shown to the upstream; null: none
   */
  record Spec(
      UpstreamConfig section,
      List<X509Certificate> authorities,
      @Nullable InstanceCertificate certificate) {
    static Spec of(UpstreamConfig section, Snapshot snapshot) {
      UpstreamTlsConfig tls = section.tls();
      return tls == null
          ? new Spec(section, List.of(), null)
          : new Spec(
              section,
              snapshot.upstreamFiles().authorities(tls),
              snapshot.upstreamFiles().certificate(tls));
    }

    /**
     * Whether connections are interchangeable with the other's: everything is equal except how it
     * is checked.
     */
    boolean connectsLike(Spec other) {
      return section.address().equals(other.section.address())
          && Objects.equals(section.tls(), other.section.tls())
          && section.connectTimeout().equals(other.section.connectTimeout())
          && section.maxIdleConnections() == other.section.maxIdleConnections()
          && section.idleTimeout().equals(other.section.idleTimeout())
          && authorities.equals(other.authorities)
          && Objects.equals(certificate, other.certificate);
    }
  }

  /** Notified by the check, on the control thread. */
  interface Observer {
    void changed(CheckedUpstream upstream);
  }

  private final String label;
  private Spec spec;
  private final UpstreamPools pools;
  private final HealthCheck check;
  private final Observer observer;
  private @Nullable Condition condition;
  private boolean everUp;
  private Runnable unshow = () -> {};
  private boolean retired;

  private CheckedUpstream(
      String label,
      Spec spec,
      UpstreamPools pools,
      DataPlane plane,
      ControlThread control,
      HealthCheck.Settings settings,
      Observer observer) {
    this.label = label;
    this.spec = spec;
    this.pools = pools;
    this.observer = observer;
    this.check =
        new HealthCheck(
            pools.upstream(),
            plane.connector(),
            plane.checks().next(),
            control,
            settings,
            new HealthCheck.Observer() {
              @Override
              public void changed(Upstream upstream, boolean up, String reason) {
                CheckedUpstream.this.changed(up);
              }

              @Override
              public void moved(Upstream upstream) {
                pools.moved(plane.loops());
              }
            });
  }

  /**
   * Creates an upstream that is not checked yet.
   *
   * @param label name of its listener, or {@code listener/GUID}
   * @param instances the first is the one a check asks for if nothing else is configured
   * @throws SSLException if the TLS context can't be created
   */
  static CheckedUpstream create(
      String label,
      Spec spec,
      DataPlane plane,
      ControlThread control,
      List<Instance> instances,
      Observer observer)
      throws SSLException {
    var upstream = new Upstream(settings(spec));
    UpstreamMeters meters = plane.meters().upstream(label);
    upstream.countFaults(fault -> meters.tlsFailed(fault.code()));
    return new CheckedUpstream(
        label,
        spec,
        new UpstreamPools(upstream, meters),
        plane,
        control,
        HealthChecks.settings(spec.section().health(), upstream, instances),
        observer);
  }

  /** Returns the connection settings of an upstream with this configuration. */
  static Upstream.Settings settings(Spec spec) throws SSLException {
    UpstreamConfig section = spec.section();
    String host = section.address().host();
    UpstreamTlsConfig tls = section.tls();
    return new Upstream.Settings(
        host,
        section.address().port(),
        tls == null ? null : context(tls, spec),
        tls != null && tls.serverName() != null ? tls.serverName().value() : host,
        section.connectTimeout(),
        section.maxIdleConnections(),
        section.idleTimeout());
  }

  private static SslContext context(UpstreamTlsConfig tls, Spec spec) throws SSLException {
    InstanceCertificate own = spec.certificate();
    if (!spec.authorities().isEmpty()) {
      return UpstreamTls.byAuthority(spec.authorities(), own);
    }
    return tls.pin().isEmpty()
        ? UpstreamTls.insecure(own)
        : UpstreamTls.byPin(tls.pin().stream().map(CheckedUpstream::pin).toList(), own);
  }

  private static Pin pin(String text) {
    try {
      return Pin.parse(text);
    } catch (CertificateProblem e) {
      throw new IllegalStateException("the snapshot's builder has checked the pin", e);
    }
  }

  /** Changes how it is checked; the new section must connect to the same place. */
  void configure(Spec next, List<Instance> instances) {
    spec = next;
    check.use(HealthChecks.settings(next.section().health(), upstream(), instances));
  }

  private void changed(boolean up) {
    everUp |= up;
    show();
    observer.changed(this);
  }

  /** Begins the checks. For any thread. */
  void start() {
    check.start();
  }

  /** Puts it into use: readiness and metrics show it. */
  void use(Readiness readiness, Meters meters, String listener) {
    String address = upstream().toString();
    condition =
        readiness.condition(
            "upstream " + label + " " + address,
            (now, ready) ->
                UpstreamEvent.of(
                    label,
                    address,
                    Objects.requireNonNullElse(check.address(), ""),
                    upstream().failures(),
                    now,
                    ready));
    show();
    unshow =
        meters.gauge(
            "upstream.up",
            () -> isUp() ? 1 : 0,
            "upstream",
            upstream().toString(),
            "listener",
            listener);
  }

  private void show() {
    if (condition == null) {
      return;
    }
    if (isUp()) {
      condition.met();
    } else {
      condition.notMet(check.reason());
    }
  }

  /** Removes it from readiness. */
  void hide(Readiness readiness) {
    if (condition != null) {
      readiness.remove(condition);
      condition = null;
    }
  }

  /** Retires it: it is not used for anything new. Exchanges in progress complete. */
  void retire(Readiness readiness, DataPlane plane) {
    retired = true;
    check.close();
    hide(readiness);
    unshow.run();
    pools.retire(plane.loops());
  }

  Spec spec() {
    return spec;
  }

  /** For any thread. */
  UpstreamPools pools() {
    return pools;
  }

  /** For any thread. */
  Upstream upstream() {
    return pools.upstream();
  }

  HealthCheck check() {
    return check;
  }

  /** For any thread. */
  boolean isUp() {
    return upstream().isUp();
  }

  /** Whether it is {@linkplain #retire retired}. */
  boolean isRetired() {
    return retired;
  }

  /** The process before this one had it announced: it has answered there. */
  void presumeEverUp() {
    everUp = true;
  }

  /** Whether it has ever answered since the process started, or the one before it. */
  boolean wasEverUp() {
    return everUp;
  }

  @Override
  public String toString() {
    return upstream().toString();
  }
}
