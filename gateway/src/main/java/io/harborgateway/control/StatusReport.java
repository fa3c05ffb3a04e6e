package io.harborgateway.control;

import io.harborgateway.announce.nats.AnnouncerStatus;
import io.harborgateway.announce.routingapi.RoutingApiStatus;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.values.TextRules;
import io.harborgateway.lifecycle.ConditionStatus;
import io.harborgateway.route.Instance;
import io.harborgateway.upstream.AddressStatus;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code /status}, read from the running gateway on request. Component names are the
 * JSON keys.
 */
record StatusReport(
    String version,
    Instant startedAt,
    boolean ready,
    boolean draining,
    DrainSequence.Status drain,
    Reloads.Status config,
    long connections,
    List<ListenerStatus> listeners,
    List<InstanceStatus> instances,
    CertificateSurvey.Status certificates,
    CertificateIssuing.@Nullable Status issuing,
    List<UpstreamStatus> upstreams,
    List<ConditionStatus> conditions,
    @Nullable AnnouncerStatus registration,
    @Nullable RoutingApiStatus routingApi,
    List<EventReport.Event> events) {

  /** {@code /events} shows the others. */
  private static final int SHOWN_EVENTS = 50;

  /** One listener. */
  record ListenerStatus(String name, String protocol, String address, boolean bound) {}

  /**
   * One instance with its certificate.
   *
   * @param certificate null if it can't be used, regardless of the time
   * @param alternativeCertificate the second of two, or null
   * @param problem what keeps its routes from being announced, or null
   * @param warning why clients may reject it although it is announced, or null
   */
  record InstanceStatus(
      String guid,
      List<String> names,
      @Nullable CertificateStatus certificate,
      @Nullable CertificateStatus alternativeCertificate,
      @Nullable String problem,
      @Nullable String warning,
      List<FindingStatus> findings) {}

  /**
   * What was found of an instance's certificates when they were read.
   *
   * @param severity {@code problem} or {@code hint}
   * @param kind such as {@code expires-soon}
   */
  record FindingStatus(String severity, String kind, String message) {
    static FindingStatus of(Finding finding) {
      return new FindingStatus(
          finding.kind().isHint() ? "hint" : "problem",
          TextRules.kebab(finding.kind().name()),
          finding.message());
    }
  }

  /** The public facts of a certificate. */
  record CertificateStatus(
      String subject,
      String issuer,
      List<String> names,
      Instant notBefore,
      Instant notAfter,
      long daysLeft,
      String keyType) {}

  /**
   * One upstream.
   *
   * @param address address that its last check connected to, or null
   * @param addresses all addresses in dialling order; at most 16
   */
  record UpstreamStatus(
      String upstream,
      boolean up,
      String reason,
      @Nullable String address,
      List<AddressStatus> addresses) {}

  static StatusReport of(Gateway gateway) {
    Live.State state = gateway.live().get();
    return new StatusReport(
        Version.text(),
        gateway.startedAt(),
        gateway.readiness().ready(),
        gateway.readiness().draining(),
        gateway.draining().status(),
        gateway.reloads().status(),
        gateway.plane().limits().open(),
        gateway.reconciler().services().stream().map(StatusReport::listener).toList(),
        state.snapshot().routes().instances().stream()
            .filter(state.snapshot()::isKnown)
            .map(instance -> instance(state, instance))
            .toList(),
        gateway.survey().status(),
        gateway.issuing().status(),
        gateway.reconciler().upstreams().stream().map(StatusReport::upstream).toList(),
        gateway.readiness().snapshot(),
        gateway.announcements().status(),
        gateway.announcements().tcpStatus(),
        EventReport.of(gateway.events().recent()).first(SHOWN_EVENTS));
  }

  private static ListenerStatus listener(ListenerService service) {
    return new ListenerStatus(
        service.name(),
        service.section().protocol().name().toLowerCase(Locale.ROOT),
        service.address().toString(),
        service.isBound());
  }

  private static UpstreamStatus upstream(CheckedUpstream upstream) {
    return new UpstreamStatus(
        upstream.toString(),
        upstream.isUp(),
        upstream.check().reason(),
        upstream.check().address(),
        upstream.upstream().addressStatus());
  }

  private static InstanceStatus instance(Live.State state, Instance instance) {
    CertificateSet certificates = state.snapshot().certificates().kept().get(instance);
    return new InstanceStatus(
        instance.guid().value(),
        instance.hostNames(),
        certificates == null ? null : certificate(certificates.main()),
        certificates == null || certificates.all().size() == 1
            ? null
            : certificate(certificates.all().get(1)),
        state.certificates().problem(instance),
        state.certificates().doubt(instance),
        state.snapshot().findings().getOrDefault(instance, List.of()).stream()
            .map(FindingStatus::of)
            .toList());
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
}
