package io.harborgateway.demo;

import org.jspecify.annotations.Nullable;

/** Generates the gateway's configuration, the way a person would write it. */
final class DemoConfig {
  private static final String LOUD =
      """
        level: info
        access-log:
          format: combined
      """;

  /** No log line may come between the lines of the table. */
  private static final String QUIET =
      """
        level: warn
        access-log:
          file: access.log
      """;

  private DemoConfig() {}

  /**
   * Returns the YAML text.
   *
   * @param nats the server's URL; null: nothing is announced
   * @param quiet whether standard output is reserved for the checks
   */
  static String yaml(
      DemoPorts ports, HarborStandIn upstream, @Nullable String nats, boolean quiet) {
    return """
    # Written by `harbor-gateway demo`. Every key: docs/configuration.md

    node:
      # The announced address.
      address: 127.0.0.1
      availability-zone: z1
      drain-delay: %s
      drain-timeout: 10s

    instances:
      - guid: %s
        domain: %s
        additional-routes: [%s]
        certificate:
          chain: instance.crt
          key: instance.key

    listeners:
      - name: http
        address: 127.0.0.1
        port: %d
        protocol: http
        upstream:
          address: 127.0.0.1:%d
    %s%s
      # Bytes, unread: the client's TLS is with the upstream itself.
      - name: tcp
        address: 127.0.0.1
        port: %d
        protocol: tcp
        upstream:
          address: 127.0.0.1:%d

    admin:
      port: %d
    %s
    logging:
    %s\
    """
        .formatted(
            quiet ? "0s" : "1s",
            DemoInstance.GUID,
            DemoInstance.DOMAIN,
            String.join(", ", DemoInstance.ADDITIONAL_ROUTES),
            ports.http(),
            upstream.httpPort(),
            https("https", ports.https(), upstream.httpsPort()),
            https("notary", ports.notary(), upstream.notaryPort()),
            ports.tcp(),
            upstream.httpsPort(),
            ports.admin(),
            nats == null ? "" : registration(nats),
            quiet ? QUIET : LOUD);
  }

  private static String https(String name, int port, int upstreamPort) {
    return """

      - name: %s
        address: 127.0.0.1
        port: %d
        protocol: https
        upstream:
          address: 127.0.0.1:%d
          tls:
            ca: harbor-ca.crt
            server-name: %s
    """
        .formatted(name, port, upstreamPort, DemoInstance.HARBOR_NAME);
  }

  private static String registration(String nats) {
    return """

    registration:
      servers: [%s]
      routes:
        - listener: https
          tags:
            component: harbor
    """
        .formatted(nats);
  }
}
