package io.harborgateway.config.load;

import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.ClientAuthMode;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.QuotedText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Checks that clients are asked for certificates only where they can show some. */
final class ClientAuthChecks {
  private ClientAuthChecks() {}

  static void run(Section root, Problems problems) {
    Set<String> announced = announced(root);
    boolean anyAnnounced = false;
    for (Section listener : root.sections("listeners")) {
      Section auth = listener.section("client-auth");
      Protocol protocol = listener.value("protocol", Protocol.class);
      boolean isAnnounced =
          protocol == Protocol.HTTPS
              && announced.contains(String.valueOf(listener.value("name", String.class)));
      anyAnnounced |= isAnnounced;
      if (auth != null && protocol != null && protocol != Protocol.HTTPS) {
        String found = "on a listener without TLS of its own";
        problems.add(auth.path(), found, "none: only an https listener makes handshakes");
      } else if (auth != null) {
        checkSubjects(auth, problems);
        checkAnnounced(auth, isAnnounced, problems);
      }
    }
    for (Section instance : root.sections("instances")) {
      runInstance(instance, problems);
      checkAnnounced(instance.section("client-auth"), anyAnnounced, problems);
      warnOfHttp(instance, root, problems);
    }
  }

  /** Checks an instance by itself. */
  static void runInstance(Section instance, Problems problems) {
    Section auth = instance.section("client-auth");
    if (auth != null) {
      checkSubjects(auth, problems);
    }
  }

  private static Set<String> announced(Section root) {
    Set<String> names = new HashSet<>();
    Section registration = root.section("registration");
    if (registration != null) {
      for (Section route : registration.sections("routes")) {
        names.add(String.valueOf(route.value("listener", String.class)));
      }
    }
    return names;
  }

  private static void checkAnnounced(
      @Nullable Section auth, boolean isAnnounced, Problems problems) {
    if (auth == null || !isAnnounced) {
      return;
    }
    boolean isSaid = Boolean.TRUE.equals(auth.value("routers-present-certificate", Boolean.class));
    if (auth.value("mode", ClientAuthMode.class) == ClientAuthMode.REQUIRE
        && !isSaid
        && !auth.isBroken("routers-present-certificate")) {
      problems.add(
          auth.path("mode"),
          "require, where routes are announced to routers that may have no certificate to show",
          "request; or routers-present-certificate: true once they have");
    }
  }

  private static void checkSubjects(Section auth, Problems problems) {
    List<String> subjects = auth.list("subjects", String.class);
    for (int i = 0; i < subjects.size(); i++) {
      try {
        new X500Principal(subjects.get(i));
      } catch (IllegalArgumentException e) {
        problems.add(
            auth.path("subjects") + "[" + i + "]",
            QuotedText.of(subjects.get(i)),
            "a distinguished name (RFC 4514), such as CN=gorouter,O=example");
      }
    }
  }

  private static void warnOfHttp(Section instance, Section root, Problems problems) {
    Section auth = instance.section("client-auth");
    if (auth == null || auth.value("mode", ClientAuthMode.class) != ClientAuthMode.REQUIRE) {
      return;
    }
    for (Section listener : root.sections("listeners")) {
      if (listener.value("protocol", Protocol.class) == Protocol.HTTP) {
        String expected = "no http listener: who comes by " + listener.path() + " shows none";
        problems.warn(auth.path("mode"), "require", expected);
        return;
      }
    }
  }
}
