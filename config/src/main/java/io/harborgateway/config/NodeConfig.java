package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.NeedsRestart;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.Transport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The process and the machine it runs on; units, ranges and defaults at each component. */
@Doc("The process and the machine it runs on.")
public record NodeConfig(
    @Doc(
            "The IP address that is announced to the routers. Not written: the address of the"
                + " interface of the default route, because that is where the routers come from on"
                + " a node with one network.")
        @Format(TextFormat.IP_ADDRESS)
        @NeedsRestart
        @Nullable String address,
    @Doc("The availability zone that is announced; routers may prefer endpoints of their own.")
        @Format(TextFormat.TEXT)
        @NeedsRestart
        @Nullable String availabilityZone,
    @Doc("The number of event loops. `0` is one for each core: more would only share the cores.")
        @Default("0")
        @Range(min = "0", max = "1024")
        @NeedsRestart
        int eventLoops,
    @Doc("How sockets are driven. `auto` is epoll where its native library loads, else `nio`.")
        @Default("auto")
        @NeedsRestart
        Transport transport,
    @Doc(
            "How long connections are still accepted after the routes were withdrawn: messages to"
                + " every router take a moment, and until then a refused connection costs a retry.")
        @Default("5s")
        @Range(min = "0s", max = "10m")
        Duration drainDelay,
    @Doc(
            "How long requests in flight may take to finish before they are cut off. As long as a"
                + " router lets one request live.")
        @Default("900s")
        @Range(min = "0s", max = "24h")
        Duration drainTimeout) {}
