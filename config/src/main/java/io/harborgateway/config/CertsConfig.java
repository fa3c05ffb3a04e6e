package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Certificates of instances that have none of their own in the configuration. */
@Doc("Certificates of the instances without a `certificate` of their own.")
public record CertsConfig(
    @Doc(
            "The folder in which they are found. By the instance's GUID, the first there is:"
                + " `<guid>.crt` with `<guid>.key`, `<guid>.pem` with both, `<guid>.p12` with its"
                + " passphrase in `<guid>.pass`, the folder `<guid>` with `tls.crt` and `tls.key` or"
                + " with `fullchain.pem` and `privkey.pem`. Another one of the other key algorithm"
                + " is in `<guid>.ecdsa.crt` and `<guid>.ecdsa.key`. OCSP responses are in `<guid>.ocsp`"
                + " and `<guid>.ecdsa.ocsp`. If there is none, the first"
                + " 1,000 other files `*.crt` and `*.pem` are looked at, and one is taken whose"
                + " certificate has all names of the instance.")
        @Nullable Path directory,
    @Doc(
            "The CA by which the gateway issues the certificates of those that have none elsewhere."
                + " Not written: it issues none.")
        @Nullable IssuerConfig issuer,
    @Doc(
            "The ACME server from which the gateway orders the certificates of those that have none"
                + " elsewhere. Not written: it orders none.")
        @Nullable AcmeConfig acme) {
  /** Whether instances can do without a certificate of their own. */
  public boolean hasAny() {
    return directory != null || issuer != null || acme != null;
  }
}
