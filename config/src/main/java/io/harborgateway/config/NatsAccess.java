package io.harborgateway.config;

import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The NATS servers of one cluster, and how to log in to them: with user and password, a token, a
 * credentials file, or nothing.
 *
 * @param servers as {@code nats://host:port} or {@code tls://host:port}
 */
public record NatsAccess(
    List<URI> servers,
    @Nullable String user,
    @Nullable Secret password,
    @Nullable Secret token,
    @Nullable Path credentials,
    @Nullable NatsTlsConfig tls) {
  public NatsAccess {
    servers = List.copyOf(servers);
  }
}
