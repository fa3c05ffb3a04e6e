package io.harborgateway.config.load;

import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks access to NATS: there are servers, and credentials are complete. */
final class NatsChecks {
  private NatsChecks() {}

  /**
   * @param access a section with {@code servers}, {@code user} and so on
   * @param others section whose servers are used if this one has none, or null
   * @param expected where servers could be configured, for the error
   */
  static void run(Section access, @Nullable String others, String expected, Problems problems) {
    checkServers(access, others, expected, problems);
    checkCredentials(access, problems);
    checkPair(access.section("tls"), "certificate", "key", problems);
  }

  private static void checkServers(
      Section access, @Nullable String others, String expected, Problems problems) {
    if (!access.list("servers", URI.class).isEmpty() || access.isBroken("servers")) {
      return;
    }
    if (others == null) {
      problems.add(access.path("servers"), "none", expected);
      return;
    }
    for (String key : List.of("user", "password", "token", "credentials", "tls")) {
      if (access.isSet(key)) {
        String own = "servers, too; those of " + others + " have their own";
        problems.add(access.path(key), key + " without servers", own);
      }
    }
  }

  private static void checkCredentials(Section access, Problems problems) {
    checkPair(access, "user", "password", problems);
    if (access.isSet("token") && (access.isSet("user") || access.isSet("password"))) {
      String found = "together with " + (access.isSet("user") ? "user" : "password");
      problems.add(access.path("token"), found, "a token, or user and password");
    }
    for (String other : List.of("user", "password", "token")) {
      if (access.isSet("credentials") && access.isSet(other)) {
        problems.add(access.path("credentials"), "together with " + other, "credentials alone");
        return;
      }
    }
  }

  /** Checks two keys that make sense only together. */
  static void checkPair(@Nullable Section section, String one, String other, Problems problems) {
    if (section != null && section.isSet(one) != section.isSet(other)) {
      String set = section.isSet(one) ? one : other;
      String missing = section.isSet(one) ? other : one;
      problems.add(section.path(set), set + " without " + missing, "both or neither");
    }
  }
}
