/**
 * Certificates from an ACME server (RFC 8555): {@link io.harborgateway.issue.acme.AcmeIssuer} asks
 * it by {@link io.harborgateway.issue.acme.AcmeAccount}, with one {@link
 * io.harborgateway.issue.acme.AcmeOrder} for each.
 */
@NullMarked
package io.harborgateway.issue.acme;

import org.jspecify.annotations.NullMarked;
