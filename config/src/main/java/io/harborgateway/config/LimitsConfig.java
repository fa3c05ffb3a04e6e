package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Range;

/** Bounds that keep one node alive under any load. */
@Doc("Bounds that keep one node alive under any load.")
public record LimitsConfig(
    @Doc(
            "Open connections of clients, over all listeners. Twenty routers at their 500"
                + " connections to a backend fit.")
        @Default("10000")
        @Range(min = "1", max = "1000000")
        int maxConnections,
    @Doc(
            "Open connections of one client address; `0` is no limit. The default is none, because"
                + " behind the routers a few addresses carry everything.")
        @Default("0")
        @Range(min = "0", max = "1000000")
        int maxConnectionsPerClient,
    @Doc(
            "The share of `max-connections`, in percent, that is kept for the addresses of"
                + " `http.trusted-proxies`, on every listener: strangers who reach a port can't take"
                + " the last places from the routers. Without trusted proxies nothing is kept.")
        @Default("20")
        @Range(min = "0", max = "90")
        int trustedShare,
    @Doc(
            "TLS handshakes in progress, over all listeners, except those of the addresses of"
                + " `http.trusted-proxies`; `0` is no limit. What is beyond gets the alert"
                + " internal_error, on which a router tries another node and keeps this one.")
        @Default("0")
        @Range(min = "0", max = "1000000")
        int maxHandshakes,
    @Doc(
            "TLS handshakes that one client may begin in a second, ten times as many after a pause;"
                + " an IPv6 client is its /64. Not for the addresses of `http.trusted-proxies`; `0`"
                + " is no limit. What is beyond gets the same alert.")
        @Default("0")
        @Range(min = "0", max = "1000000")
        int handshakeRatePerClient) {}
