package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import java.nio.file.Path;

/**
 * A certificate and its key as PEM files. Whether they can be read and used is checked for each
 * instance: a bad one does not keep the others from being served.
 */
@Doc("A certificate and its key as PEM files.")
public record CertificateFilesConfig(
    @Doc("The certificate chain, the instance's own certificate first.") Path chain,
    @Doc("The private key of the first certificate.") Path key) {}
