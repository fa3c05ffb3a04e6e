package io.harborgateway.app;

import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.route.Instance;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which instances can't be announced because of their certificate: what the survey refused, and
 * what ends soon. Safe for use by any thread, but {@link #look} is for one.
 */
final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

  private final List<Instance> instances;
  private final AtomicLongArray ends; // epoch seconds of the end of the first in each chain
  private final Map<Instance, String> problems = new ConcurrentHashMap<>();
  private final Map<Instance, Long> warnedAt = new HashMap<>(); // days left at the last warning
  private final Duration guard;
  private final Duration warning;

  /**
   * @param guard withdraws what ends within this time
   * @param warning warns, once a day, of what ends within this time
   */
  CertificateWatch(Plan plan, Duration guard, Duration warning) {
    this.instances = plan.routes().instances();
    this.guard = guard;
    this.warning = warning;
    this.ends = new AtomicLongArray(instances.size());
    Map<Instance, InstanceCertificate> kept = plan.certificates().kept();
    for (int i = 0; i < instances.size(); i++) {
      InstanceCertificate certificate = kept.isEmpty() ? null : kept.get(instances.get(i));
      ends.set(i, certificate == null ? Long.MAX_VALUE : end(certificate));
    }
  }

  /**
   * A certificate was read.
   *
   * @param index that of its instance in the route table
   */
  void read(int index, InstanceCertificate certificate) {
    ends.set(index, end(certificate));
  }

  private static long end(InstanceCertificate certificate) {
    return certificate.chain().stream()
        .map(X509Certificate::getNotAfter)
        .mapToLong(notAfter -> notAfter.toInstant().getEpochSecond())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** A certificate can't be used. */
  void refuse(Instance instance, String problem) {
    problems.put(instance, problem);
  }

  /** Returns why the instance's certificate keeps it from being announced, or null. */
  @Nullable String problem(Instance instance) {
    return problems.get(instance);
  }

  /** Looks for certificates that end soon; returns whether there is a new problem. */
  boolean look(Instant now) {
    boolean any = false;
    for (int i = 0; i < instances.size(); i++) {
      long left = ends.get(i) - now.getEpochSecond();
      if (left > Math.max(warning.toSeconds(), guard.toSeconds())) {
        continue;
      }
      Instance instance = instances.get(i);
      String end = "ends at " + Instant.ofEpochSecond(ends.get(i));
      if (left <= guard.toSeconds()) {
        any |= problems.putIfAbsent(instance, end) == null;
      } else {
        warn(instance, end, Math.floorDiv(left, Duration.ofDays(1).toSeconds()));
      }
    }
    return any;
  }

  private void warn(Instance instance, String end, long daysLeft) {
    if (!Long.valueOf(daysLeft).equals(warnedAt.put(instance, daysLeft))) {
      LOG.atWarn()
          .addKeyValue("instance", instance)
          .addKeyValue("daysLeft", daysLeft)
          .log("certificate {}: to be renewed", end);
    }
  }
}
