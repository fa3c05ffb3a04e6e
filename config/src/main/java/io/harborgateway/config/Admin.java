package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.TextFormat;

/** Health, metrics and status, on a port of their own. */
@Doc("Health, metrics and status, on a port of their own.")
public record Admin(
    @Doc("The IP address to bind. Loopback by default: nothing here asks who is there.")
        @Default("127.0.0.1")
        @Format(TextFormat.IP_ADDRESS)
        String address,
    @Doc("The TCP port to bind. The default is none of Harbor's own.")
        @Default("8070")
        @Range(min = "1", max = "65535")
        int port) {}
