package io.harborgateway.control;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.Durations;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run: the configuration, with every file that it names read and checked. Immutable.
 * Nothing is bound, dialled or published yet.
 *
 * @param announcing null: nothing is announced
 * @param warnings what works, but not as well as it looks
 * @param isChecked whether all certificates were read and checked; see {@link Certificates#KEPT}
 * @param certificateProblems of single instances, which are not served while the others are
 * @param refused instances whose certificate can't be used at any time, and why
 */
public record Snapshot(
    GatewayConfig config,
    RouteTable routes,
    Certificates certificates,
    Map<Path, List<X509Certificate>> authorities,
    @Nullable AnnouncementPlan announcing,
    List<Problem> warnings,
    boolean isChecked,
    List<Problem> certificateProblems,
    Map<Instance, String> refused,
    SourceMap places) {

  /** Where nothing is announced, nothing says when to warn of a certificate's end. */
  private static final Duration CERTIFICATE_WARNING =
      Durations.parse(RegistrationConfig.CERTIFICATE_WARNING);

  public InstanceCertificate certificate(Instance instance) {
    return certificates.of(instance);
  }

  /** Whether the instance's certificate was looked at before the start. */
  boolean isKnown(Instance instance) {
    return certificates.kept().containsKey(instance) || refused.containsKey(instance);
  }

  /** How much validity a certificate must have left, so that routes to it are announced. */
  Duration certificateGuard() {
    return certificateGuard(config);
  }

  static Duration certificateGuard(GatewayConfig config) {
    var registration = config.registration();
    return registration == null ? Duration.ZERO : registration.certificateGuard();
  }

  /** How much validity a certificate has left when a warning is logged. */
  Duration certificateWarning() {
    var registration = config.registration();
    return registration == null ? CERTIFICATE_WARNING : registration.certificateWarning();
  }

  /** A problem with the certificate of the instance with this index in the route table. */
  Problem problem(int index, String found) {
    return places.problem(index, found);
  }
}
