package io.harborgateway.testkit;

import java.time.Duration;

/**
 * A backend as a {@link Gorouter} knows it from a register message.
 *
 * @param port {@code tls_port} if the message has one, else {@code port}
 * @param tls whether {@code port} is the {@code tls_port}
 * @param serverCertDomainSan what is sent as SNI and must stand in the certificate; empty: no SNI,
 *     and the certificate must be for the host's address
 * @param staleThreshold how long it stays without being registered again; of plain ones only
 * @param app for {@code X-CF-APP-INSTANCE}, as the index; each may be empty
 * @param privateInstanceId may be empty
 */
public record RouterEndpoint(
    String host,
    int port,
    boolean tls,
    String serverCertDomainSan,
    Duration staleThreshold,
    String app,
    String privateInstanceIndex,
    String privateInstanceId) {

  /** {@code host:port}, which is what makes it the same endpoint. */
  public String address() {
    return host + ":" + port;
  }
}
