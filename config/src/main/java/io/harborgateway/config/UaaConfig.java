package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.Schemes;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Cloud Foundry's authorization server, and this node's OAuth client there. */
@Doc(
    "Cloud Foundry's authorization server, and the OAuth client that this node is there. The client"
        + " needs the grant type `client_credentials` and the authorities `routing.routes.write` and"
        + " `routing.router_groups.read`.")
public record UaaConfig(
    @Doc("Its address, such as `https://uaa.service.cf.internal:8443`.") @Schemes("https") URI url,
    @Doc("PEM file of the CAs of UAA. Not written: those of the JDK.") @ReadableFile
        @Nullable Path ca,
    @Doc("The name of the OAuth client.") @Format(TextFormat.TEXT) String client,
    @Doc("The secret of the OAuth client.") Secret clientSecret) {}
