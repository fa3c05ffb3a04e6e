package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.Schemes;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Instances kept in a NATS key-value bucket (JetStream), for a fleet of nodes. */
@Doc(
    "Instances in a key-value bucket of NATS (JetStream), which all nodes of a fleet watch. A key is"
        + " one instance, its value the YAML that an element of `instances` would be. While NATS is"
        + " away, and at a start without it, the last good state is served, from a file.")
public record InstancesBucketConfig(
    @Doc("The bucket's name.") @Format(TextFormat.NAME) String name,
    @Doc(
            "The file in which the last good state is kept, with mode 0600. Its folder must be there"
                + " and writable.")
        Path state,
    @Doc(
            "The NATS servers of one cluster, as `nats://host:port` or `tls://host:port`. Empty: those"
                + " of `registration`, with their login and TLS.")
        @Default("[]")
        @Schemes(
            value = {"nats", "tls"},
            hostAndPort = true)
        List<URI> servers,
    @Doc("The user at NATS; together with `password`.") @Format(TextFormat.TEXT)
        @Nullable String user,
    @Doc("The password at NATS; together with `user`.") @Nullable Secret password,
    @Doc("A token in place of user and password.") @Nullable Secret token,
    @Doc("A credentials file of NATS, in place of user, password and token.") @ReadableFile
        @Nullable Path credentials,
    @Doc("TLS to NATS.") @Nullable NatsTlsConfig tls) {

  public InstancesBucketConfig {
    servers = List.copyOf(servers);
  }

  /**
   * Returns the NATS servers of the bucket, and the login.
   *
   * @param registration supplies the servers if the bucket has none of its own
   */
  public NatsAccess access(@Nullable RegistrationConfig registration) {
    return servers.isEmpty() && registration != null
        ? registration.access()
        : new NatsAccess(servers, user, password, token, credentials, tls);
  }
}
