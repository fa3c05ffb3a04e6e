package io.harborgateway.control;

import io.harborgateway.announce.routingapi.RoutingApiStandIn;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@code registrar_settings.json} as a test puts it together, with a glob of {@code *.yml}. */
public final class RegistrarFile {
  private final Path folder;
  private final List<String> keys = new ArrayList<>();
  private final List<String> servers = new ArrayList<>();
  private final List<String> routes = new ArrayList<>();

  /** Begins a file whose folder has nothing else in it. */
  public RegistrarFile(Path folder) {
    this.folder = folder;
  }

  /** Adds an element of {@code message_bus_servers} as it is to stand there. */
  public RegistrarFile server(String json) {
    servers.add(json);
    return this;
  }

  /** Adds a key and its value as they are to stand there. */
  public RegistrarFile key(String json) {
    keys.add(json);
    return this;
  }

  /** Adds the section {@code routing_api}, with every file of mTLS. */
  public RegistrarFile routingApi(RoutingApiStandIn standIn, TestCertificates certificates) {
    var client = certificates.issue("gateway.example.com");
    return key(
        """
        "routing_api": {"api_url": "%s", "oauth_url": "%s", "client_id": "%s",
          "client_secret": "%s", "ca_certs": "%s", "server_ca_cert_path": "%s",
          "client_cert_path": "%s", "client_private_key_path": "%s", "max_ttl": "120s"}\
        """
            .formatted(
                standIn.apiUri(),
                standIn.uaaUri(),
                RoutingApiStandIn.CLIENT,
                RoutingApiStandIn.SECRET,
                certificates.ca(),
                certificates.ca(),
                client.certificate(),
                client.key()));
  }

  /** Adds an element of {@code routes} as it is to stand there. */
  public RegistrarFile route(String json) {
    routes.add(json);
    return this;
  }

  /** Adds an HTTP route to a port of 10.0.0.5, announced each hour. */
  public RegistrarFile http(String name, int port, String uri) {
    return route(
        """
        {"name": "%s", "host": "10.0.0.5", "port": %d, "uris": ["%s"],
         "registration_interval": "1h"}\
        """
            .formatted(name, port, uri));
  }

  /** Writes the file, and its globs' folder. */
  public Path write() {
    String text =
        """
        {"message_bus_servers": [%s],
         "routes": [%s],
        %s
         "dynamic_config_globs": ["%s/*.yml"]}
        """
            .formatted(
                String.join(", ", servers),
                String.join(",\n", routes),
                String.join("", keys.stream().map(key -> key + ",\n").toList()),
                folder);
    try {
      return Files.writeString(folder.resolve("registrar_settings.json"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
