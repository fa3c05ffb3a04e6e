package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.values.KeyAlgorithm;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The CA by which the gateway issues certificates itself. Whether its files can be used is found
 * out where one is issued: certificates that are there already do not need it.
 */
@Doc(
    "The CA by which the gateway issues the certificates of instances that have none elsewhere, and"
        + " renews them.")
public record IssuerConfig(
    @Doc("The CA's certificate as PEM; that of an intermediate CA is followed by its issuers.")
        Path certificate,
    @Doc(
            "The CA's private key. Others may not read the file, and only its owner may write it:"
                + " mode 0600 or 0640. Read again when it changes.")
        Path key,
    @Doc(
            "The file whose first line is the passphrase of the encrypted key. Not written: there is"
                + " none.")
        @Nullable Path passphraseFile,
    @Doc(
            "The folder in which what is issued is kept, and found at the next start: `<guid>.crt`"
                + " with the chain, `<guid>.key` with the private key, mode 0600. Made if it is not"
                + " there. Nodes have one each.")
        Path directory,
    @Doc("The keys: `rsa` (2048 bits), which all routers take, or `ecdsa` (P-256), for TLS 1.3.")
        @Default("rsa")
        KeyAlgorithm keyType,
    @Doc("How long a certificate is valid; less if the CA ends before.")
        @Default("2160h")
        @Range(min = "10s", max = "87600h")
        Duration validity,
    @Doc(
            "How long before its end a certificate is renewed, or up to a tenth of its life earlier,"
                + " so that many do not fall due at once. Not written: a third of its life.")
        @Range(min = "1s", max = "87600h")
        @Nullable Duration renewBefore) {}
