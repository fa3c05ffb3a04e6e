package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.NotEmpty;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.Schemes;
import io.harborgateway.config.meta.TextFormat;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where and how routes are announced. */
@Doc("Where and how routes are announced to the Cloud Foundry routers.")
public record Registration(
    @Doc("The NATS servers of one cluster, as `nats://host:port` or `tls://host:port`.")
        @NotEmpty
        @Schemes(
            value = {"nats", "tls"},
            hostAndPort = true)
        List<URI> servers,
    @Doc("The user at NATS; together with `password`.") @Format(TextFormat.TEXT)
        @Nullable String user,
    @Doc("The password at NATS; together with `user`.") @Nullable Secret password,
    @Doc("A token in place of user and password.") @Nullable Secret token,
    @Doc("TLS to NATS. Needed for a CA that the JDK does not know, and for mTLS.")
        @Nullable NatsTls tls,
    @Doc("How often each route is announced again. The routers forget a plain route after 120s.")
        @Default("20s")
        @Range(min = "1s", max = "1h")
        Duration interval,
    @Doc("What is announced. Empty: the first `https` listener.") @Default("[]")
        List<AnnouncedRoute> routes,
    @Doc(
            "The `registrar_settings.json` of route_registrar, read unchanged: its routes, and those"
                + " of the files that its `dynamic_config_globs` match, are announced too, each"
                + " while its health script succeeds. Not written: none.")
        @ReadableFile
        @Nullable Path registrarSettings) {

  public Registration {
    servers = List.copyOf(servers);
    routes = List.copyOf(routes);
  }
}
