package io.harborgateway.announce.routingapi;

import io.harborgateway.config.values.HostName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A port of the TCP routers that leads to a port of this node.
 *
 * @param id by which it is announced and withdrawn, unique in a {@link RoutingApiAnnouncer};
 *     human-readable
 * @param backendIp the IP address at which the TCP routers reach this node
 * @param backendPort the port of this node, 1 to 65535
 * @param externalPort the port of the TCP routers, 1 to 65535
 * @param routerGroup the name of the router group
 * @param sni the server name in the ClientHello of matching connections; null: all that no other
 *     mapping of the port matches
 * @param tls how the routers handle TLS
 * @param ttl how long the API keeps it unless it is upserted again, which happens after each third;
 *     limited by, and if null taken from, the {@link RoutingApiAccess}
 */
public record TcpRouteMapping(
    String id,
    String backendIp,
    int backendPort,
    int externalPort,
    String routerGroup,
    @Nullable HostName sni,
    RouterTls tls,
    @Nullable Duration ttl) {

  /**
   * How the TCP routers handle TLS.
   *
   * @param terminated whether they terminate the client's TLS
   * @param toBackend whether they then use TLS to the backend, which requires an SNI
   * @param sniToBackend the server name that they send to the backend; null: the client's
   * @param alpns the ALPN protocols that they offer to clients, in any order
   */
  public record RouterTls(
      boolean terminated, boolean toBackend, @Nullable HostName sniToBackend, List<String> alpns) {
    /** TLS passthrough: they just pass on bytes. */
    public static final RouterTls NONE = new RouterTls(false, false, null, List.of());

    public RouterTls {
      alpns = alpns.stream().sorted().toList();
    }
  }

  /**
   * No TLS to the backend, in route_registrar's notation; a 0 would be stored as NULL, and the
   * mapping would not be found again.
   */
  private static final int NO_TLS = -1;

  private static final JsonMapper JSON = new JsonMapper();

  public TcpRouteMapping {
    requirePort("backend port", backendPort);
    requirePort("external port", externalPort);
  }

  /** Creates a passthrough mapping with the default TTL. */
  public TcpRouteMapping(
      String id,
      String backendIp,
      int backendPort,
      int externalPort,
      String routerGroup,
      @Nullable HostName sni) {
    this(id, backendIp, backendPort, externalPort, routerGroup, sni, RouterTls.NONE, null);
  }

  /** Returns whether the API considers both the same mapping: it has no ids, and updates TTLs. */
  boolean isSame(TcpRouteMapping other) {
    return other.equals(
        new TcpRouteMapping(
            other.id, backendIp, backendPort, externalPort, routerGroup, sni, tls, other.ttl));
  }

  /**
   * Returns the body of a request that creates or deletes this mapping: UTF-8 JSON, a list of one
   * {@code TcpMappingEntity} of routing-api's {@code models/tcp_route.go}. The API finds an
   * existing mapping by all fields but {@code ttl} and those that are empty here, so both requests
   * send the same. It generates the modification tag itself.
   *
   * @param routerGroupGuid the API's identifier of the router group
   * @param ttlSeconds how long the mapping is kept unless it is upserted again; at least 1
   */
  byte[] json(String routerGroupGuid, long ttlSeconds) {
    var mappings = JSON.createArrayNode();
    ObjectNode mapping = mappings.addObject();
    mapping.put("router_group_guid", routerGroupGuid);
    mapping.put("backend_port", backendPort);
    mapping.put("backend_tls_port", backendTlsPort());
    mapping.put("backend_ip", backendIp);
    if (sni != null) {
      mapping.put("backend_sni_hostname", sni.value());
    }
    if (tls.sniToBackend() != null) {
      mapping.put("sni_rewrite_hostname", tls.sniToBackend().value());
    }
    mapping.put("instance_id", "");
    mapping.put("port", externalPort);
    mapping.putObject("modification_tag").put("guid", "").put("index", 0);
    mapping.put("ttl", ttlSeconds);
    mapping.put("isolation_segment", "");
    if (tls.terminated()) {
      mapping.put("terminate_frontend_tls", true);
    }
    if (!tls.alpns().isEmpty()) {
      mapping.put("alpns", String.join(",", tls.alpns()));
    }
    return JSON.writeValueAsBytes(mappings);
  }

  private int backendTlsPort() {
    return tls.terminated() && tls.toBackend() && sni != null ? backendPort : NO_TLS;
  }

  private static void requirePort(String name, int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(name + ": " + port + " (expected: 1..65535)");
    }
  }
}
