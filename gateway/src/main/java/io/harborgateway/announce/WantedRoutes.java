package io.harborgateway.announce;

import io.harborgateway.announce.nats.Endpoint;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.nats.RegisteredRoute;
import io.harborgateway.announce.nats.RegistryMessage;
import io.harborgateway.announce.routingapi.TcpRouteMapping;
import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.TcpRouteConfig;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.route.Instance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The routes of the configuration: one for each instance on each registered listener, and one for
 * each port of the TCP routers. Equal routes are announced alike. Immutable.
 *
 * @param http HTTP routes by id
 * @param tcp TCP routes by id
 * @param tcpByListener the ids of {@code tcp} by listener name
 * @param listeners the names of the listeners on which instances are announced
 */
public record WantedRoutes(
    Map<String, RegisteredRoute> http,
    Map<String, TcpRouteMapping> tcp,
    Map<String, List<String>> tcpByListener,
    Set<String> listeners) {

  public WantedRoutes {
    http = Collections.unmodifiableMap(http);
    tcp = Collections.unmodifiableMap(tcp);
    tcpByListener = Map.copyOf(tcpByListener);
    listeners = Set.copyOf(listeners);
  }

  /**
   * Returns the routes of a configuration.
   *
   * @param listeners all listeners of the configuration, which has been checked to refer to no
   *     other
   * @param origin this process
   */
  public static WantedRoutes of(
      RegistrationConfig registration,
      List<ListenerConfig> listeners,
      List<Instance> instances,
      NodeIdentity origin) {
    Map<String, ListenerConfig> byName =
        listeners.stream().collect(Collectors.toMap(ListenerConfig::name, section -> section));
    Map<String, RegisteredRoute> http = new LinkedHashMap<>();
    Set<String> registered = new HashSet<>();
    for (AnnouncedRouteConfig route : registration.routes()) {
      ListenerConfig listener = listener(byName, route.listener());
      registered.add(listener.name());
      for (Instance instance : instances) {
        List<String> names = RouteNames.of(instance, route, registration.routes());
        if (!names.isEmpty()) {
          String id = id(listener.name(), instance);
          var message = new RegistryMessage(names, endpoint(listener, instance), origin, route);
          http.put(id, new RegisteredRoute(id, message));
        }
      }
    }
    Map<String, TcpRouteMapping> tcp = new LinkedHashMap<>();
    Map<String, List<String>> tcpByListener = new HashMap<>();
    for (TcpRouteConfig route : registration.tcpRoutes()) {
      ListenerConfig listener = listener(byName, route.listener());
      TcpRouteMapping mapping = mapping(route, listener, origin.address());
      tcp.put(mapping.id(), mapping);
      tcpByListener.computeIfAbsent(listener.name(), name -> new ArrayList<>()).add(mapping.id());
    }
    return new WantedRoutes(http, tcp, tcpByListener, registered);
  }

  /** The id of an instance's route on a listener. */
  public static String id(String listener, Instance instance) {
    return listener + "/" + instance.guid().value();
  }

  private static ListenerConfig listener(Map<String, ListenerConfig> byName, String name) {
    ListenerConfig listener = byName.get(name);
    if (listener == null) {
      throw new IllegalStateException(name + ": the loader has checked it");
    }
    return listener;
  }

  private static Endpoint endpoint(ListenerConfig listener, Instance instance) {
    return listener.protocol() == Protocol.HTTPS
        ? Endpoint.tls(listener.port(), instance.baseName())
        : Endpoint.plain(listener.port());
  }

  private static TcpRouteMapping mapping(
      TcpRouteConfig route, ListenerConfig listener, String address) {
    String sni = route.sni() == null ? "" : "/" + route.sni();
    String id =
        "%s/%s:%d%s".formatted(listener.name(), route.routerGroup(), route.externalPort(), sni);
    return new TcpRouteMapping(
        id, address, listener.port(), route.externalPort(), route.routerGroup(), route.sni());
  }
}
