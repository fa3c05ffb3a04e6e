package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.HostName;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Health, metrics and status, on a port of their own, on a unix socket, or on both.
 *
 * @param port 0 disables the port
 */
@Doc("Health, metrics and status, on a port of their own, on a unix socket, or on both.")
public record AdminConfig(
    @Doc("The IP address to bind. Loopback by default: nothing here asks who is there.")
        @Default("127.0.0.1")
        @Format(TextFormat.IP_ADDRESS)
        String address,
    @Doc(
            "The TCP port to bind; `0` is none, where there is a `socket`. The default is none of"
                + " Harbor's own.")
        @Default("8070")
        @Range(min = "0", max = "65535")
        int port,
    @Doc(
            "Names that a request's `Host` may have, beside IP addresses and `localhost`. Others"
                + " are refused: a browser may have been made to believe that they are this node.")
        @Default("[]")
        List<HostName> hosts,
    @Doc(
            "A unix socket with mode 0660: whoever may write to it may drain. The folder must be"
                + " there. A file that was left behind is replaced if nobody listens on it.")
        @Nullable Path socket) {
  /** In bytes: the kernel's limit is 107, and the socket is created under a longer name first. */
  public static final int MAX_SOCKET_PATH = 96;

  public AdminConfig {
    hosts = List.copyOf(hosts);
  }
}
