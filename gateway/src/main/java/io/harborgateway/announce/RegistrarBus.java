package io.harborgateway.announce;

import io.harborgateway.announce.routeregistrar.BusServer;
import io.harborgateway.announce.routeregistrar.BusTls;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.config.NatsTlsConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads access to NATS from route_registrar's settings file: servers, credentials, TLS. */
public final class RegistrarBus {
  private static final int NATS_PORT = 4222;
  private static final String TLS = "nats_mtls_config";

  private final RegistrarSettings settings;
  private final ConfigSource source;
  private final List<Problem> problems;
  private final List<Problem> warnings;

  /**
   * @param problems receives what can't be used
   * @param warnings receives what is ignored
   */
  RegistrarBus(RegistrarSettings settings, List<Problem> problems, List<Problem> warnings) {
    this.settings = settings;
    this.source = settings.source();
    this.problems = problems;
    this.warnings = warnings;
  }

  /**
   * Returns the section with the file's NATS access in place of its own. Checks the files it names.
   */
  RegistrationConfig in(RegistrationConfig registration) {
    List<BusServer> all = settings.servers();
    List<URI> uris = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      URI uri = uri(all.get(i), usesTls(settings));
      if (uri == null) {
        // not quoted: it may contain a password
        problem("message_bus_servers[" + i + "].host", "no host and port", "host:port");
      } else {
        uris.add(uri);
      }
      if (!Credentials.of(all.get(i)).equals(Credentials.of(all.getFirst()))) {
        String expected = "one user for all servers; the first one's is used";
        warnings.add(source.problem("message_bus_servers[" + i + "]", "another user", expected));
      }
    }
    Credentials first =
        all.isEmpty() ? new Credentials(null, null) : Credentials.of(all.getFirst());
    return registration.at(uris, first.user, first.password, tls());
  }

  private @Nullable NatsTlsConfig tls() {
    BusTls tls = settings.busTls();
    if (tls == null || !usesTls(settings)) {
      return null;
    }
    if ((tls.certificate() == null) != (tls.key() == null)) {
      problem(TLS, "cert_path or key_path alone", "both or neither");
    }
    var files = new NamedFiles(source, problems);
    return new NatsTlsConfig(
        files.file(TLS + ".ca_path", tls.ca()),
        files.file(TLS + ".cert_path", tls.certificate()),
        files.file(TLS + ".key_path", tls.key()));
  }

  private void problem(String path, String found, String expected) {
    problems.add(source.problem(path, found, expected));
  }

  /** An empty user counts as none, as in nats-server. */
  record Credentials(@Nullable String user, @Nullable Secret password) {
    static Credentials of(BusServer server) {
      String user = server.user();
      return user == null || user.isBlank()
          ? new Credentials(null, null)
          : new Credentials(user, server.password());
    }
  }

  /** Whether the servers are spoken to over TLS. */
  public static boolean usesTls(RegistrarSettings settings) {
    BusTls tls = settings.busTls();
    return tls != null
        && tls.enabled()
        && (tls.ca() != null || tls.certificate() != null || tls.key() != null);
  }

  /** The server in the configuration's form; null if it lacks a host or port. */
  public static @Nullable URI uri(BusServer server, boolean tls) {
    String scheme = tls ? "tls" : "nats";
    try {
      URI uri = new URI(scheme + "://" + server.host());
      if (uri.getPort() == -1) {
        uri = new URI(scheme + "://" + server.host() + ":" + NATS_PORT);
      }
      boolean fits = uri.getPort() >= 1 && uri.getPort() <= 65535;
      String rest = scheme + "://" + uri.getHost() + ":" + uri.getPort();
      return fits && uri.toString().equals(rest) ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
