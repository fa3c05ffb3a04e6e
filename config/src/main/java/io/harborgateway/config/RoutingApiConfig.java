package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.Schemes;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The routing API of Cloud Foundry; certificate and key are set together or not at all. */
@Doc(
    "The routing API of Cloud Foundry, which tells the TCP routers of `tcp-routes`. Its certificate"
        + " is always verified, as that of UAA is.")
public record RoutingApiConfig(
    @Doc("Its address, such as `https://routing-api.service.cf.internal:3001`.") @Schemes("https")
        URI url,
    @Doc("PEM file of the CAs of the routing API. Not written: those of the JDK.") @ReadableFile
        @Nullable Path ca,
    @Doc(
            "PEM file of the client certificate, which the routing API wants on its own port;"
                + " together with `key`.")
        @ReadableFile
        @Nullable Path certificate,
    @Doc("PEM file of the client certificate's key.") @ReadableFile @Nullable Path key,
    @Doc("Who gives out the tokens for the routing API.") UaaConfig uaa,
    @Doc(
            "How long the routers keep a route that is not announced again, in whole seconds. It is"
                + " announced again after a third of it. The default is the most that the routing"
                + " API takes unless it is told otherwise.")
        @Default("120s")
        @Range(min = "10s", max = "1h")
        Duration ttl) {}
