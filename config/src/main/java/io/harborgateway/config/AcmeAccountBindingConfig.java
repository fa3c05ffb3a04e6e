package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.Secret;

/** What ties an ACME account to one that exists elsewhere (RFC 8555 section 7.3.4). */
@Doc("The customer's account to which the ACME account is tied, where the server asks for it.")
public record AcmeAccountBindingConfig(
    @Doc("The key identifier that the server's operator has given out.") @Format(TextFormat.TEXT)
        String keyId,
    @Doc("The MAC key, in base64url, as it was given out.") Secret macKey) {}
