package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Thousands of instances in a separate list, one line each. */
@Doc(
    "Instances by the thousand, in a list of their own: 100,000 entries of `instances` would take"
        + " seconds to read at each start. One line of the list is one instance: its GUID, then its"
        + " additional routes, separated by blanks; `#` begins a comment.")
public record CatalogueConfig(
    @Doc("The list.") @ReadableFile Path file,
    @Doc("The domain below which the names of all of them are made: `<guid>.<domain>`.")
        HostName domain,
    @Doc(
            "The folder of their certificates: `<guid>.crt` has the chain, `<guid>.key` its private"
                + " key. Not written: the gateway issues them, see `certs.issuer`.")
        @Nullable Path certificates) {

  /** The chain and key of one instance; null if they are not in a folder of the list's. */
  public @Nullable CertificateFilesConfig certificate(InstanceGuid guid) {
    return certificates == null
        ? null
        : new CertificateFilesConfig(
            certificates.resolve(guid.value() + ".crt"),
            certificates.resolve(guid.value() + ".key"));
  }
}
