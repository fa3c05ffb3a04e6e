package io.harborgateway.announce.routeregistrar;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route that the TCP routers learn through the routing API: of type {@code tcp}, or {@code sni}
 * if {@link FrontendTls#sniHostname} distinguishes it on a shared port.
 *
 * @param name may be empty
 * @param routerGroup the name of the router group; not empty
 * @param externalPort the port on which the routers listen, 1 to 65535
 * @param port the port that they connect to, 1 to 65535; {@code sni_port} for a route of type
 *     {@code sni}
 */
public record TcpRoute(
    String name,
    String routerGroup,
    int externalPort,
    String host,
    int port,
    FrontendTls tls,
    Duration registrationInterval,
    @Nullable ScriptCheck check)
    implements RegistrarRoute {

  /**
   * How the TCP routers handle TLS.
   *
   * @param sniHostname the server name that selects the route; null: any connection
   * @param sniRewriteHostname the server name that they send to the backend; null: the same
   * @param terminated whether they terminate the client's TLS
   * @param backendTls whether they then use TLS to the backend
   * @param alpns the ALPN protocols that they offer
   */
  public record FrontendTls(
      @Nullable String sniHostname,
      @Nullable String sniRewriteHostname,
      boolean terminated,
      boolean backendTls,
      List<String> alpns) {
    public FrontendTls {
      alpns = List.copyOf(alpns);
    }
  }

  @Override
  public String label() {
    return name.isEmpty() ? routerGroup + ":" + externalPort : name;
  }
}
