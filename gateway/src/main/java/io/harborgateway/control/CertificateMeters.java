package io.harborgateway.control;

import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gauges of the remaining validity of each certificate in memory, for the snapshot in force. */
final class CertificateMeters {
  private final Live live;
  private final Meters meters;
  private final Map<InstanceGuid, Runnable> shown = new HashMap<>();

  CertificateMeters(Live live, Meters meters) {
    this.live = live;
    this.meters = meters;
    meters.gauge("certificate.findings", () -> findings(false), "severity", "problem");
    meters.gauge("certificate.findings", () -> findings(true), "severity", "hint");
  }

  private long findings(boolean hints) {
    return live.snapshot().findings().values().stream()
        .flatMap(List::stream)
        .filter(finding -> finding.kind().isHint() == hints)
        .count();
  }

  /** Updates the gauges to the current certificates. By one thread at a time. */
  void show() {
    Map<InstanceGuid, Instance> now = new HashMap<>();
    live.snapshot()
        .certificates()
        .kept()
        .keySet()
        .forEach(instance -> now.put(instance.guid(), instance));
    shown
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !now.containsKey(entry.getKey());
          if (gone) {
            entry.getValue().run();
          }
          return gone;
        });
    now.forEach((guid, instance) ->
        shown.computeIfAbsent(
            guid,
            added ->
                meters.gauge(
                    "certificate.days.left", () -> daysLeft(added), "instance", added.value())));
  }

  private double daysLeft(InstanceGuid guid) {
    return live.snapshot().certificates().kept().entrySet().stream()
        .filter(entry -> entry.getKey().guid().equals(guid))
        .findFirst()
        .map(entry -> (double) entry.getValue().daysLeft(Instant.now()))
        .orElse(Double.NaN);
  }
}
