package io.harborgateway.control;

import io.harborgateway.announce.nats.AnnouncerStatus;
import io.harborgateway.announce.routingapi.RoutingApiStatus;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.lifecycle.ConditionStatus;
import io.harborgateway.route.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /status} shows, read from the running gateway when asked. Component names are keys.
 */
record StatusReport(
    String version,
    Instant startedAt,
    boolean ready,
    boolean draining,
    DrainSequence.Status drain,
    long connections,
    List<ListenerStatus> listeners,
    List<InstanceStatus> instances,
    CertificateSurvey.Status certificates,
    List<UpstreamStatus> upstreams,
    List<ConditionStatus> conditions,
    @Nullable AnnouncerStatus registration,
    @Nullable RoutingApiStatus routingApi) {

  /** One listener. */
  record ListenerStatus(String name, String protocol, String address, boolean bound) {}

  /**
   * One instance with its certificate.
   *
   * @param certificate null where it can't be used at any time
   * @param problem what keeps its routes from being announced, or null
   * @param warning why clients may refuse it although it is announced, or null
   */
  record InstanceStatus(
      String guid,
      List<String> names,
      @Nullable CertificateStatus certificate,
      @Nullable String problem,
      @Nullable String warning) {}

  /** A certificate, as far as it is public. */
  record CertificateStatus(
      String subject,
      String issuer,
      List<String> names,
      Instant notBefore,
      Instant notAfter,
      long daysLeft,
      String keyType) {}

  /** One upstream. */
  record UpstreamStatus(String upstream, boolean up, String reason) {}

  static StatusReport of(Gateway gateway) {
    return new StatusReport(
        Version.text(),
        gateway.startedAt(),
        gateway.readiness().ready(),
        gateway.readiness().draining(),
        gateway.draining().status(),
        gateway.plane().limits().open(),
        gateway.reconciler().ports().stream().map(StatusReport::listener).toList(),
        gateway.snapshot().routes().instances().stream()
            .filter(gateway.snapshot()::isKnown)
            .map(instance -> instance(gateway, instance))
            .toList(),
        gateway.survey().status(),
        upstreams(gateway),
        gateway.readiness().snapshot(),
        gateway.announcements().status(),
        gateway.announcements().tcpStatus());
  }

  private static ListenerStatus listener(ListenerService port) {
    return new ListenerStatus(
        port.name(),
        port.section().protocol().name().toLowerCase(Locale.ROOT),
        port.listener().address().toString(),
        port.listener().isBound());
  }

  private static InstanceStatus instance(Gateway gateway, Instance instance) {
    InstanceCertificate certificate = gateway.snapshot().certificates().kept().get(instance);
    return new InstanceStatus(
        instance.guid().value(),
        instance.hostNames(),
        certificate == null ? null : certificate(certificate),
        gateway.certificates().problem(instance),
        gateway.certificates().doubt(instance));
  }

  private static CertificateStatus certificate(InstanceCertificate certificate) {
    return new CertificateStatus(
        certificate.subject(),
        certificate.issuer(),
        certificate.names(),
        certificate.notBefore(),
        certificate.notAfter(),
        certificate.daysLeft(Instant.now()),
        certificate.keyType().toString());
  }

  private static List<UpstreamStatus> upstreams(Gateway gateway) {
    List<UpstreamStatus> upstreams = new ArrayList<>();
    gateway
        .reconciler()
        .checks()
        .forEach((upstream, check) ->
            upstreams.add(new UpstreamStatus(upstream.toString(), check.isUp(), check.reason())));
    return upstreams;
  }
}
