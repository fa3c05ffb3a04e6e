package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.HostName;
import org.jspecify.annotations.Nullable;

/** A port of the TCP routers that leads to a listener. */
@Doc(
    "A port of the TCP routers that leads to a listener; with `sni`, that port's connections for"
        + " one name only.")
public record TcpRouteConfig(
    @Doc("The name of the listener that connections are passed on to; of any protocol.")
        @Format(TextFormat.NAME)
        String listener,
    @Doc("The name of the router group, such as `default-tcp`.") @Format(TextFormat.TEXT)
        String routerGroup,
    @Doc(
            "The port of the TCP routers, one that the group may reserve. The routing API wants one"
                + " for each route, with `sni` too.")
        @Range(min = "1", max = "65535")
        int externalPort,
    @Doc(
            "The name in the ClientHello of the connections that are meant. Not written: those of no"
                + " other route of the port, and those without TLS.")
        @Nullable HostName sni) {}
