package io.harborgateway.announce.routeregistrar;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route that the TCP routers learn by the routing API: of type {@code tcp}, or {@code sni} where
 * {@link FrontendTls#sniHostname} is what distinguishes it on a shared port.
 *
 * @param name may be empty
 * @param routerGroup the name of the routers' group; not empty
 * @param externalPort where the routers listen, 1 to 65535
 * @param port where they connect to, 1 to 65535; {@code sni_port} of a route of type {@code sni}
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
   * What the TCP routers do about TLS.
   *
   * @param sniHostname the server name that selects the route; null: every connection
   * @param sniRewriteHostname the server name that they use themselves; null: the same
   * @param terminated whether they end the client's TLS
   * @param backendTls whether they then use TLS to the backend
   * @param alpns what they offer
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
