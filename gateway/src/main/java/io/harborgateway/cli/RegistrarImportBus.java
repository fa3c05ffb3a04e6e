package io.harborgateway.cli;

import io.harborgateway.announce.RegistrarBus;
import io.harborgateway.announce.routeregistrar.BusServer;
import io.harborgateway.announce.routeregistrar.BusTls;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts NATS access for the section {@code registration}: servers, credentials, TLS. */
final class RegistrarImportBus {
  private final RegistrarSettings settings;
  private final YamlLines lines;

  RegistrarImportBus(RegistrarSettings settings, YamlLines lines) {
    this.settings = settings;
    this.lines = lines;
  }

  /** Returns the servers that the configuration accepts; the others become comments. */
  List<URI> servers() {
    List<URI> servers = new ArrayList<>();
    for (BusServer server : settings.servers()) {
      URI uri = RegistrarBus.uri(server, RegistrarBus.usesTls(settings));
      if (uri == null) {
        lines.comment(0, "a server is left out: its host is not host:port");
      } else {
        servers.add(uri);
      }
    }
    return servers;
  }

  /** Adds the user, and a place for the password. */
  void addCredentials() {
    BusServer first = settings.servers().getFirst();
    String user = first.user();
    if (user != null && !user.isBlank() && first.password() != null) {
      lines.add(2, "user: " + YamlLines.quoted(user));
      lines.comment(2, "Passwords are not printed. Put it into this variable, or into a file, and");
      lines.comment(2, "write `file:` and its name in place of `env:`.");
      lines.add(2, "password: {env: NATS_PASSWORD}");
    } else if (user != null || first.password() != null) {
      lines.comment(2, "a user without a password, or a password without a user: no equivalent");
    }
    if (settings.servers().stream().map(Credentials::new).distinct().count() > 1) {
      lines.comment(2, "other credentials of further servers: no equivalent; one pair is for all");
    }
  }

  private record Credentials(@Nullable String user, @Nullable Secret password) {
    Credentials(BusServer server) {
      this(server.user(), server.password());
    }
  }

  /** Adds the section {@code tls}. */
  void addTls() {
    BusTls tls = settings.busTls();
    if (tls == null || !RegistrarBus.usesTls(settings)) {
      if (tls != null) {
        lines.comment(2, "nats_mtls_config is not enabled, or names no files");
      }
      return;
    }
    boolean pair = tls.certificate() != null && tls.key() != null;
    if (!pair && (tls.certificate() != null || tls.key() != null)) {
      lines.comment(2, "a client certificate without its key, or the reverse: no equivalent");
    }
    if (pair || tls.ca() != null) {
      lines.add(2, "tls:");
      addFile("ca", tls.ca());
      addFile("certificate", pair ? tls.certificate() : null);
      addFile("key", pair ? tls.key() : null);
    }
  }

  private void addFile(String key, @Nullable String file) {
    if (file != null) {
      lines.add(4, key + ": " + YamlLines.quoted(file));
    }
  }
}
