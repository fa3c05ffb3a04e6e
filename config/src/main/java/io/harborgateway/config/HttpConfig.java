package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.ByteSize;
import io.harborgateway.config.values.Cidr;
import io.harborgateway.config.values.ClientCertForm;
import io.harborgateway.config.values.ForwardedClientCert;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HTTP settings of all http and https listeners. */
@Doc("HTTP of every `http` and `https` listener.")
public record HttpConfig(
    @Doc(
            "The addresses of the routers and load balancers whose `X-Forwarded-*` fields are"
                + " believed. From anyone else they are replaced. The default believes nobody.")
        @Default("[]")
        List<Cidr> trustedProxies,
    @Doc(
            "The longest request or response head. The default takes what browsers and docker send;"
                + " the routers would pass on up to 1MiB.")
        @Default("64KiB")
        @Range(min = "1KiB", max = "1MiB")
        ByteSize maxHeadSize,
    @Doc(
            "The longest request target, at most `max-head-size`. The default takes the longest"
                + " signed upload URLs of the registry.")
        @Default("16KiB")
        @Range(min = "256B", max = "1MiB")
        ByteSize maxTargetSize,
    @Doc(
            "The most field lines of a request or response head. A request with more is answered"
                + " with 431, a response with more makes a 502. The default is several times what"
                + " browsers, docker and the routers send together.")
        @Default("200")
        @Range(min = "20", max = "10000")
        int maxFields,
    @Doc(
            "The gateway's name in a `Via` field, which requests and responses then get. The"
                + " default is none: nginx compresses nothing for a request with `Via`, unless its"
                + " `gzip_proxied` says otherwise.")
        @Format(TextFormat.NAME)
        @Nullable String via,
    @Doc(
            "The least that a request's body has to bring in a second, on average over 30 s, while"
                + " the upstream takes it; below it in two such windows in a row the request ends,"
                + " with 408 if the response has not begun. `0B` is no limit. It is not for"
                + " `trusted-proxies`. The default is far below what any network carries.")
        @Default("128B")
        @Range(min = "0B", max = "1MiB")
        ByteSize leastBodyRate,
    @Doc(
            "What becomes of `X-Forwarded-Client-Cert`, by gorouter's names; from anyone but"
                + " `trusted-proxies` it never passes. `always_forward` keeps that of a trusted proxy;"
                + " `forward` keeps it if the proxy has shown a certificate itself; `sanitize_set` keeps"
                + " it, and for any other client sets it to the certificate that the client has shown.")
        @Default("always_forward")
        ForwardedClientCert forwardedClientCert,
    @Doc(
            "How `sanitize_set` writes it: `raw` is the certificate in base64, as gorouter writes it;"
                + " `envoy` is `Hash=…;Subject=\"…\"`.")
        @Default("raw")
        ClientCertForm clientCertForm) {

  public HttpConfig {
    trustedProxies = List.copyOf(trustedProxies);
  }
}
