package io.harborgateway.announce.nats;

import java.net.URI;
import java.util.List;

/** Determines the name that the certificate of a NATS server must cover. */
final class ServerNames {
  private final List<String> configured;

  ServerNames(List<URI> servers) {
    configured = servers.stream().map(URI::getHost).map(ServerNames::withoutBrackets).toList();
  }

  /**
   * Returns the host itself for a configured server, or one learned by name. Servers announce their
   * peers as bare addresses, though, while the cluster's certificates carry names: for these it is
   * the first configured name.
   */
  String expectedOf(String host) {
    String dialled = withoutBrackets(host);
    if (configured.contains(dialled) || !isAddress(dialled)) {
      return dialled;
    }
    return configured.stream().filter(name -> !isAddress(name)).findFirst().orElse(dialled);
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
