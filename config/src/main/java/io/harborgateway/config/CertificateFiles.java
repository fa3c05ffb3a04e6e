package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.ReadableFile;
import java.nio.file.Path;

/** A certificate and its key as PEM files. */
@Doc("A certificate and its key as PEM files.")
public record CertificateFiles(
    @Doc("The certificate chain, the instance's own certificate first.") @ReadableFile Path chain,
    @Doc("The private key of the first certificate.") @ReadableFile Path key) {}
