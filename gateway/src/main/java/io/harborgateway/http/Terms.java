package io.harborgateway.http;

import io.harborgateway.http.head.RequestRules;
import io.harborgateway.http.head.Via;
import io.harborgateway.route.Instance;
import io.netty.channel.ChannelHandler;
import java.security.cert.X509Certificate;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The terms under which a connection is accepted and which it keeps to its end: the settings of its
 * listener, and what is derived from them once for all connections. Immutable.
 */
final class Terms {
  final HttpService.Settings settings;
  final RequestRules requestRules;

  /** Added to responses, or null. */
  final @Nullable Via via;

  /** Creates the last handler of a connection with an instance's certificate, or with none. */
  final BiFunction<@Nullable Instance, @Nullable X509Certificate, ChannelHandler> fronts;

  Terms(HttpService service, HttpService.Settings settings) {
    this.settings = settings;
    via = settings.via() == null ? null : new Via(settings.via());
    requestRules = new RequestRules(settings.scheme(), settings.trustedProxies(), via);
    fronts =
        (certificateOf, certificate) -> new Http1Front(service, this, certificateOf, certificate);
  }
}
