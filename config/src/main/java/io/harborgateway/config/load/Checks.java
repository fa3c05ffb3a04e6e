package io.harborgateway.config.load;

import io.harborgateway.config.AdminConfig;
import io.harborgateway.config.binding.Binder;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.ByteSize;
import io.harborgateway.config.values.IpLiteral;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.QuotedText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks across several keys. Runs on sections that may be incomplete; a value that already has a
 * problem never causes another one.
 */
final class Checks {
  private Checks() {}

  /** Runs all checks on the root section. */
  static void run(Section root, Binder binder, Problems problems) {
    ListenerChecks.run(root, problems);
    InstanceChecks.run(root, problems);
    CertificateChecks.checkSources(root, problems);
    UpstreamChecks.run(root, problems);
    Section registration = root.section("registration");
    if (registration != null) {
      RegistrationChecks.run(registration, root, binder, problems);
    }
    ClientAuthChecks.run(root, problems);
    checkSources(root, registration, problems);
    checkHttp(root, problems);
    checkAdmin(root, problems);
    warnOfAdmin(root, problems);
  }

  /** Whether the listener speaks HTTP; also true if its protocol could not be read. */
  static boolean mayBeHttp(Section listener) {
    return listener.value("protocol", Protocol.class) != Protocol.TCP;
  }

  /** Checks a reference to an http or https listener by name. */
  static void checkReference(Section from, Section root, Problems problems) {
    List<Section> listeners = root.sections("listeners");
    String name = from.value("listener", String.class);
    if (name == null
        || root.isBroken("listeners")
        || listeners.stream().anyMatch(listener -> listener.isBroken("name"))) {
      return;
    }
    List<String> names =
        listeners.stream()
            .filter(Checks::mayBeHttp)
            .map(listener -> String.valueOf(listener.value("name", String.class)))
            .toList();
    if (!names.contains(name)) {
      boolean tcp = listeners.stream().anyMatch(l -> name.equals(l.value("name", String.class)));
      String found = QuotedText.of(name) + (tcp ? ", a tcp listener" : "");
      String expected = "an http or https listener: " + String.join(", ", names);
      problems.add(
          from.path("listener"), found, names.isEmpty() ? "an http or https listener" : expected);
    }
  }

  private static void checkSources(
      Section root, @Nullable Section registration, Problems problems) {
    Path directory = root.value("instances-directory", Path.class);
    if (directory != null && !Files.isDirectory(directory)) {
      problems.add(root.path("instances-directory"), "no folder: " + directory, "a folder");
    }
    Section bucket = root.section("instances-bucket");
    if (bucket != null) {
      boolean hasServers =
          registration != null && !registration.list("servers", URI.class).isEmpty();
      NatsChecks.run(
          bucket,
          hasServers ? "registration" : null,
          "NATS servers, here or in registration.servers",
          problems);
      Path state = bucket.value("state", Path.class);
      Path folder = state == null ? null : state.getParent();
      if (folder != null && !Files.isWritable(folder)) {
        String found = "in " + folder + ", which is not there or can't be written to";
        problems.add(bucket.path("state"), found, "a file in a writable folder");
      }
    }
  }

  private static void checkHttp(Section root, Problems problems) {
    Section http = root.section("http");
    ByteSize head = http == null ? null : http.value("max-head-size", ByteSize.class);
    ByteSize target = http == null ? null : http.value("max-target-size", ByteSize.class);
    if (http != null && head != null && target != null && target.compareTo(head) > 0) {
      String expected = "at most max-head-size, " + head;
      problems.add(http.path("max-target-size"), target.toString(), expected);
    }
  }

  private static void checkAdmin(Section root, Problems problems) {
    Section admin = root.section("admin");
    if (admin == null) {
      return;
    }
    Path socket = admin.value("socket", Path.class);
    Integer port = admin.value("port", Integer.class);
    if (port != null && port == 0 && socket == null && !admin.isBroken("socket")) {
      problems.add(admin.path("port"), "0", "a port, or a socket besides");
    }
    int bytes = socket == null ? 0 : socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > AdminConfig.MAX_SOCKET_PATH) {
      String found = QuotedText.of(String.valueOf(socket)) + ", which has " + bytes + " bytes";
      String expected = "a path of at most " + AdminConfig.MAX_SOCKET_PATH + " bytes";
      problems.add(admin.path("socket"), found, expected);
    }
  }

  private static void warnOfAdmin(Section root, Problems problems) {
    Section admin = root.section("admin");
    String address = admin == null ? null : admin.value("address", String.class);
    var ip = address == null ? null : IpLiteral.parse(address);
    if (admin != null && address != null && ip != null && !ip.isLoopbackAddress()) {
      String expected = "a loopback address; whoever reaches this one sees metrics and status";
      problems.warn(admin.path("address"), QuotedText.of(address), expected);
    }
  }
}
