package io.harborgateway.announce.nats;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.values.HostName;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A route that routers know from the process before this one: as much of it as it takes to withdraw
 * it. Written as JSON by component names.
 *
 * @param id of the route in that process
 * @param port the plaintext port, or null: none
 * @param tlsPort the TLS port, or null: none
 * @param certificateName the name that routers expect in the certificate, or null
 */
public record InheritedRoute(
    String id,
    List<String> names,
    String address,
    @Nullable Integer port,
    @Nullable Integer tlsPort,
    @Nullable String certificateName) {

  static InheritedRoute of(String id, RegistryMessage message) {
    Endpoint endpoint = message.endpoint();
    HostName name = endpoint.serverCertDomainSan();
    return new InheritedRoute(
        id,
        message.names(),
        message.origin().address(),
        endpoint.port(),
        endpoint.tlsPort(),
        name == null ? null : name.value());
  }

  /**
   * Returns the message that withdraws it.
   *
   * @param instance the process's id, which both share
   */
  RegistryMessage message(UUID instance) {
    HostName name = certificateName == null ? null : HostName.of(certificateName);
    return new RegistryMessage(
        names,
        new Endpoint(port, tlsPort, name, Endpoint.Protocol.HTTP1),
        new NodeIdentity(address, instance, null),
        new AnnouncedRouteConfig("", List.of(), Map.of(), null, 0, null, null, null, null));
  }
}
