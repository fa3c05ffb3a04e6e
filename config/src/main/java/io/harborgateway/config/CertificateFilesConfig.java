package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and its key, in PEM files or in one of PKCS#12: either {@code chain} or {@code
 * pkcs12} is set. Whether they can be read and used is checked for each instance: a bad one does
 * not keep the others from being served.
 */
@Doc("A certificate and its key, in PEM files or in one of PKCS#12.")
public record CertificateFilesConfig(
    @Doc("PEM file of the certificate chain, the instance's own certificate first.")
        @Nullable Path chain,
    @Doc("PEM file of the first certificate's private key. Not written: it is in the chain's file.")
        @Nullable Path key,
    @Doc("In place of `chain` and `key`: a PKCS#12 file with both (`.p12`, `.pfx`).")
        @Nullable Path pkcs12,
    @Doc(
            "The file whose first line is the passphrase of the encrypted key, or of the PKCS#12"
                + " file. Not written: there is none.")
        @Nullable Path passphraseFile,
    @Doc(
            "An OCSP response for the first certificate, in DER, which clients get that ask for one,"
                + " until it ends. One that can't be used is warned about.")
        @Nullable Path ocspStaple) {

  /** PEM files without a passphrase. */
  public CertificateFilesConfig(Path chain, Path key) {
    this(chain, key, null, null, null);
  }

  /** Returns all files. */
  public List<Path> files() {
    return Stream.of(chain, key, pkcs12, passphraseFile, ocspStaple)
        .filter(Objects::nonNull)
        .toList();
  }
}
