package io.harborgateway.config.binding;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.TextFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a secret is kept: exactly one of the two is set. */
@Doc("Where a secret is: exactly one of `file` and `env`. Secrets never stand in this file itself.")
public record SecretReference(
    @Doc(
            "A file with the secret; line ends after it are not part of it. Read again whenever the"
                + " secret is needed: at each connection to NATS, for each token of UAA.")
        @ReadableFile
        @Nullable Path file,
    @Doc("The environment variable with the secret.") @Format(TextFormat.TEXT)
        @Nullable String env) {}
