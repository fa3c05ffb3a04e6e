package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Harbor service instance and the names it is reached by. Either {@code domain} or {@code
 * publicHost} is set; {@code publicHost} excludes {@code additionalRoutes}.
 */
@Doc("One Harbor service instance and the host names it is reached by.")
public record InstanceConfig(
    @Doc("The GUID of the service instance, the first label of its host names.") InstanceGuid guid,
    @Doc(
            "The domain below which the instance's names are made: `<guid>.<domain>`. Required"
                + " without `public-host`.")
        @Nullable HostName domain,
    @Doc(
            "One more name, `<guid>.<route>.<domain>`, for each of these DNS labels. Not together"
                + " with `public-host`.")
        @Default("[]")
        @Format(TextFormat.DNS_LABEL)
        List<String> additionalRoutes,
    @Doc("A name of its own in place of `<guid>.<domain>`.") @Nullable HostName publicHost,
    @Doc(
            "The certificate that is shown to clients of this instance; it covers all its names."
                + " Required without `certs`.")
        @Nullable CertificateFilesConfig certificate,
    @Doc(
            "A second certificate of the same names, one with an RSA key and the other with an EC"
                + " key. Clients get the one with the EC key, which costs less, if they can verify"
                + " it.")
        @Nullable CertificateFilesConfig alternativeCertificate,
    @Doc("Upstreams of this instance where they differ from those of the listeners.") @Default("[]")
        List<InstanceUpstreamConfig> upstreams,
    @Doc(
            "Certificates that clients of this instance are to show, on every `https` listener, in"
                + " place of what the listener says.")
        @Nullable ClientAuthConfig clientAuth) {

  public InstanceConfig {
    additionalRoutes = List.copyOf(additionalRoutes);
    upstreams = List.copyOf(upstreams);
  }

  /**
   * The public host, otherwise {@code <guid>.<domain>}. Throws {@link IllegalArgumentException} if
   * that is longer than a host name may be, {@link IllegalStateException} if neither is set.
   */
  public HostName baseName() {
    return publicHost != null ? publicHost : name(guid, null, requiredDomain());
  }

  /** The base name, then {@code <guid>.<route>.<domain>} for each additional route, in order. */
  public List<HostName> names() {
    List<HostName> names = new ArrayList<>(1 + additionalRoutes.size());
    names.add(baseName());
    for (String route : additionalRoutes) {
      names.add(name(guid, route, requiredDomain()));
    }
    return List.copyOf(names);
  }

  /** {@code <guid>.<domain>}, or {@code <guid>.<route>.<domain>} if there is a route. */
  public static HostName name(InstanceGuid guid, @Nullable String route, HostName domain) {
    return HostName.of(guid + "." + (route == null ? "" : route + ".") + domain);
  }

  private HostName requiredDomain() {
    if (domain == null) {
      throw new IllegalStateException("instance " + guid + ": domain: none (expected: a domain)");
    }
    return domain;
  }
}
