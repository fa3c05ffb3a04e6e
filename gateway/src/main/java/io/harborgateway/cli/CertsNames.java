package io.harborgateway.cli;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of {@code certs issue} that say for which names: those of an instance, as its section
 * of the configuration has them, or any.
 */
final class CertsNames {
  @Option(
      names = "--guid",
      paramLabel = "GUID",
      converter = CertsOptions.Guid.class,
      description = "The instance's GUID, after which the files are named.")
  private @Nullable InstanceGuid guid;

  @Option(
      names = "--domain",
      paramLabel = "D",
      converter = CertsOptions.Host.class,
      description = "Its domain: the base name is GUID.D.")
  private @Nullable HostName domain;

  @Option(
      names = "--route",
      arity = "1..*",
      paramLabel = "R",
      description = "Its additional routes: GUID.R.D for each.")
  private List<String> routes = new ArrayList<>();

  @Option(
      names = "--public-host",
      paramLabel = "H",
      converter = CertsOptions.Host.class,
      description = "A name of its own in place of GUID.D.")
  private @Nullable HostName publicHost;

  @Option(
      names = "--name",
      arity = "1..*",
      paramLabel = "N",
      converter = CertsOptions.Name.class,
      description = "Host names, or *.name, besides those.")
  private List<DnsName> names = new ArrayList<>();

  /**
   * Returns all names, those of the instance first.
   *
   * @throws CertificateProblem if there are none, or the options do not fit together
   */
  List<DnsName> all() throws CertificateProblem {
    if (publicHost != null && (domain != null || !routes.isEmpty())) {
      throw new CertificateProblem(
          "--public-host together with --domain or --route (expected: one or the other)");
    }
    if ((domain == null) == (guid != null && publicHost == null)) {
      throw new CertificateProblem("--guid and --domain (expected: both, or --public-host)");
    }
    if (!routes.isEmpty() && domain == null) {
      throw new CertificateProblem("--route without --domain (expected: --guid and --domain)");
    }
    List<DnsName> all = new ArrayList<>();
    if (publicHost != null) {
      all.add(DnsName.parse(publicHost.value()));
    }
    if (guid != null && domain != null) {
      all.add(name(guid, null, domain));
      for (String route : routes) {
        all.add(name(guid, route, domain));
      }
    }
    all.addAll(names);
    if (all.isEmpty()) {
      throw new CertificateProblem(
          "no name (expected: --guid with --domain or --public-host, or --name)");
    }
    return all.stream().distinct().toList();
  }

  private static DnsName name(InstanceGuid guid, @Nullable String route, HostName domain)
      throws CertificateProblem {
    if (route != null && route.indexOf('.') >= 0) {
      throw new CertificateProblem("--route \"" + route + "\" (expected: one label of a name)");
    }
    try {
      return DnsName.parse(InstanceConfig.name(guid, route, domain).value());
    } catch (IllegalArgumentException e) {
      throw new CertificateProblem(String.valueOf(e.getMessage()));
    }
  }

  /** Returns the name of the files, without its ending: the GUID, otherwise the first name. */
  String file() throws CertificateProblem {
    // A shell would expand a "*" in a file name.
    return guid != null ? guid.value() : all().getFirst().text().replace("*", "wildcard");
  }
}
