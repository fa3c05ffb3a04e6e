package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.ReadableFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** TLS to NATS; certificate and key are set together or not at all. */
@Doc("TLS to NATS.")
public record NatsTlsConfig(
    @Doc("PEM file of the CAs of the NATS servers. Not written: those of the JDK.") @ReadableFile
        @Nullable Path ca,
    @Doc("PEM file of the client certificate; together with `key`.") @ReadableFile
        @Nullable Path certificate,
    @Doc("PEM file of the client certificate's key.") @ReadableFile @Nullable Path key) {}
