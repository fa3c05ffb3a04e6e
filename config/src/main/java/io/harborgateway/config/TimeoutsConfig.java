package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Range;
import java.time.Duration;

/** Timeouts of a listener's connections. None limits a whole transfer. */
@Doc("How long things may take on a listener's connections. None bounds a whole transfer.")
public record TimeoutsConfig(
    @Doc(
            "From the first byte of a request head to its end, and for a TLS handshake. Longer than"
                + " the 10s that the routers allow a handshake.")
        @Default("15s")
        @Range(min = "100ms", max = "10m")
        Duration head,
    @Doc(
            "How long a kept connection may wait for its next request. The routers keep theirs for"
                + " 90s and must be the ones to close them, or a POST dies with 502: at least 100s"
                + " on an `http` or `https` listener that is registered.")
        @Default("120s")
        @Range(min = "100ms", max = "24h")
        Duration idle,
    @Doc(
            "How long a body, a tunnel or a `tcp` connection may move no byte in either direction."
                + " As long as the routers and nginx wait.")
        @Default("900s")
        @Range(min = "100ms", max = "24h")
        Duration inactivity,
    @Doc(
            "From the end of the request to the first byte of the response. As long as the routers"
                + " and nginx wait.")
        @Default("900s")
        @Range(min = "100ms", max = "24h")
        Duration response) {}
