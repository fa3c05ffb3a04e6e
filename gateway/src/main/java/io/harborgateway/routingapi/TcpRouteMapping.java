package io.harborgateway.routingapi;

import io.harborgateway.config.HostName;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A port of the TCP routers that leads to a port of this node.
 *
 * @param id by which it is announced and withdrawn, unique in a {@link RoutingApiAnnouncer}; for
 *     people
 * @param backendIp the IP address at which the TCP routers reach this node
 * @param backendPort the port of this node, 1 to 65535
 * @param externalPort the port of the TCP routers, 1 to 65535
 * @param routerGroup the name of the routers' group
 * @param sni the name in the ClientHello of the connections that are meant; null: those that no
 *     other mapping of the port is for
 */
public record TcpRouteMapping(
    String id,
    String backendIp,
    int backendPort,
    int externalPort,
    String routerGroup,
    @Nullable HostName sni) {

  /**
   * The routers do no TLS of their own. As route_registrar has it; a 0 would be stored as NULL, and
   * the mapping not be found again.
   */
  private static final int NO_TLS = -1;

  private static final JsonMapper JSON = new JsonMapper();

  public TcpRouteMapping {
    requirePort("backend port", backendPort);
    requirePort("external port", externalPort);
  }

  /**
   * The body of a request that creates or deletes this mapping: UTF-8 JSON, a list of one {@code
   * TcpMappingEntity} of routing-api's {@code models/tcp_route.go}. The API finds an existing
   * mapping by all fields but {@code ttl} and those that are empty here, so both requests send the
   * same. It makes the modification tag itself.
   *
   * @param routerGroupGuid the API's own identifier of the router group
   * @param ttlSeconds how long the mapping is kept unless it is created again; at least 1
   */
  byte[] json(String routerGroupGuid, long ttlSeconds) {
    var mappings = JSON.createArrayNode();
    ObjectNode mapping = mappings.addObject();
    mapping.put("router_group_guid", routerGroupGuid);
    mapping.put("backend_port", backendPort);
    mapping.put("backend_tls_port", NO_TLS);
    mapping.put("backend_ip", backendIp);
    if (sni != null) {
      mapping.put("backend_sni_hostname", sni.value());
    }
    mapping.put("instance_id", "");
    mapping.put("port", externalPort);
    mapping.putObject("modification_tag").put("guid", "").put("index", 0);
    mapping.put("ttl", ttlSeconds);
    mapping.put("isolation_segment", "");
    return JSON.writeValueAsBytes(mappings);
  }

  private static void requirePort(String name, int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(name + ": " + port + " (expected: 1..65535)");
    }
  }
}
