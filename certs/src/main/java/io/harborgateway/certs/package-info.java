/**
 * Certificates and keys in files: reading ({@link io.harborgateway.certs.Pem}), checking ({@link
 * io.harborgateway.certs.CertificateCheck}), and issuing ({@link
 * io.harborgateway.certs.CertificateAuthority}).
 *
 * <p>Everything here is immutable and blocks at most on a file; it belongs on the control plane,
 * never on an event loop.
 */
@NullMarked
package io.harborgateway.certs;

import org.jspecify.annotations.NullMarked;
