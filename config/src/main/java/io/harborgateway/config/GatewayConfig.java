package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.NeedsRestart;
import io.harborgateway.config.meta.NotEmpty;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration file. Only the program's wiring sees it; each part is given its own
 * section.
 */
@Doc("The gateway of one node: what it listens on, whom it serves, where it is announced.")
public record GatewayConfig(
    @Doc("The process and the machine it runs on.") @Default("{}") NodeConfig node,
    @Doc(
            "The Harbor service instances that are served by host name. May be empty only if every"
                + " listener is `tcp`, or there is a `catalogue`, an `instances-directory` or an"
                + " `instances-bucket`.")
        @Default("[]")
        List<InstanceConfig> instances,
    @Doc("More instances, in a list of their own. Without it there are those of `instances`.")
        @Nullable CatalogueConfig catalogue,
    @Doc(
            "A folder of which each file `*.yml` or `*.yaml` is one more instance, written as an"
                + " element of `instances`; file names in it are relative to the folder. Files that"
                + " come, change or go are noticed within a second; a bad one affects itself only.")
        @Nullable Path instancesDirectory,
    @Doc("More instances, in a bucket of NATS.") @Nullable InstancesBucketConfig instancesBucket,
    @Doc("Where certificates are found that instances do not name.") @Default("{}")
        CertsConfig certs,
    @Doc("The ports that are accepted on.") @NotEmpty List<ListenerConfig> listeners,
    @Doc("HTTP of every `http` and `https` listener.") @Default("{}") HttpConfig http,
    @Doc("TLS with clients, on every `https` listener.") @Default("{}") TlsConfig tls,
    @Doc("Bounds that keep one node alive under any load.") @Default("{}") LimitsConfig limits,
    @Doc("Where routes are announced. Without it nothing is announced.")
        @Nullable RegistrationConfig registration,
    @Doc(
            "Whether a change of this file is applied when it is noticed, as `harbor-gateway reload`"
                + " would. Files that it names (certificates, keys, CAs) always are.")
        @Default("false")
        boolean watch,
    @Doc("Health, metrics and status, on a port of their own.") @Default("{}") @NeedsRestart
        AdminConfig admin,
    @Doc("What is logged, and how.") @Default("{}") @NeedsRestart LoggingConfig logging) {

  public GatewayConfig {
    instances = List.copyOf(instances);
    listeners = List.copyOf(listeners);
  }

  /** Returns a copy with these instances. */
  public GatewayConfig with(List<InstanceConfig> others) {
    return new GatewayConfig(
        node,
        others,
        catalogue,
        instancesDirectory,
        instancesBucket,
        certs,
        listeners,
        http,
        tls,
        limits,
        registration,
        watch,
        admin,
        logging);
  }
}
