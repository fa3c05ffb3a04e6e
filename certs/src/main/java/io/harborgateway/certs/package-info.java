/**
 * Certificates and keys as PEM files: reading ({@link io.harborgateway.certs.Pem}), checking
 * ({@link io.harborgateway.certs.CertificateCheck}), issuing ({@link
 * io.harborgateway.certs.CertificateAuthority}) and looking one up by host name ({@link
 * io.harborgateway.certs.CertificateCatalogue}).
 *
 * <p>Everything here is immutable and blocks at most on a file; it belongs on the control plane,
 * never on an event loop. Only {@code CertificateCatalogue.find} is meant for a handshake.
 */
@NullMarked
package io.harborgateway.certs;

import org.jspecify.annotations.NullMarked;
