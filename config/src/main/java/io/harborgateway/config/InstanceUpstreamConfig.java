package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.TextFormat;

/** The upstream of one instance for the traffic of one listener. */
@Doc("The upstream of one instance for what comes in on one listener.")
public record InstanceUpstreamConfig(
    @Doc("The name of an `http` or `https` listener.") @Format(TextFormat.NAME) String listener,
    @Doc("Takes the place of the listener's upstream, as a whole.") UpstreamConfig upstream) {}
