package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.NotEmpty;
import io.harborgateway.config.meta.OneOrList;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.values.ClientAuthMode;
import java.nio.file.Path;
import java.util.List;

/** Which certificates clients are to show; all given conditions must hold. */
@Doc("Which certificates clients are to show in the handshake: mTLS from the routers.")
public record ClientAuthConfig(
    @Doc(
            "`require` refuses clients that show no certificate, `request` serves them. One that shows a"
                + " bad one is refused in both.")
        @Default("require")
        ClientAuthMode mode,
    @Doc(
            "PEM files of the CAs, one of which the client's certificate must be signed by; each may"
                + " hold several. Clients are told their names.")
        @OneOrList
        @NotEmpty
        @ReadableFile
        List<Path> clientCa,
    @Doc(
            "The allowed subjects, such as `CN=gorouter,O=example`: the whole name, in any case."
                + " Empty: any.")
        @Default("[]")
        List<String> subjects,
    @Doc(
            "The allowed alternative names, of which the certificate must have one: a host name, `*.`"
                + " and a host name for one label before it, a URI, an IP or an e-mail address. Empty:"
                + " any.")
        @Default("[]")
        List<String> sans,
    @Doc(
            "Files of CRLs, PEM or DER, signed by CAs of `client-ca`. A certificate whose CA has none is"
                + " not checked. An outdated one stays in force, with a warning.")
        @Default("[]")
        @OneOrList
        @ReadableFile
        List<Path> crl,
    @Doc(
            "The operator's word that the routers have a certificate to show"
                + " (`router.backends.cert_chain` and `private_key` of gorouter), which can't be seen"
                + " from here. Needed for `require` where a route of the listener is announced.")
        @Default("false")
        boolean routersPresentCertificate) {

  public ClientAuthConfig {
    clientCa = List.copyOf(clientCa);
    subjects = List.copyOf(subjects);
    sans = List.copyOf(sans);
    crl = List.copyOf(crl);
  }
}
