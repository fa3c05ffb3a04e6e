package io.harborgateway.config.load;

import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.Protocol;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks that an upstream is authenticated by TLS in exactly one way. */
final class UpstreamChecks {
  private UpstreamChecks() {}

  static void run(Section root, Problems problems) {
    for (Section listener : root.sections("listeners")) {
      Section upstream = listener.section("upstream");
      Section tls = upstream == null ? null : upstream.section("tls");
      if (tls != null && listener.value("protocol", Protocol.class) == Protocol.TCP) {
        problems.add(tls.path(), "TLS on a tcp listener", "none: bytes are passed on unread");
      } else if (tls != null) {
        checkTls(tls, problems);
      }
    }
    root.sections("instances").forEach(instance -> runInstance(instance, problems));
  }

  /** Checks the upstreams of one instance. */
  static void runInstance(Section instance, Problems problems) {
    for (Section override : instance.sections("upstreams")) {
      Section upstream = override.section("upstream");
      Section tls = upstream == null ? null : upstream.section("tls");
      if (tls != null) {
        checkTls(tls, problems);
      }
    }
  }

  private static void checkTls(Section tls, Problems problems) {
    boolean insecure = Boolean.TRUE.equals(tls.value("insecure", Boolean.class));
    if (insecure) {
      String expected = "ca or pin; as it stands any upstream is believed";
      problems.warn(tls.path("insecure"), "true", expected);
    }
    List<String> ways = new ArrayList<>();
    if (!tls.list("ca", Path.class).isEmpty()) {
      ways.add("ca");
    }
    if (!tls.list("pin", String.class).isEmpty()) {
      ways.add("pin");
    }
    if (insecure) {
      ways.add("insecure");
    }
    boolean broken = tls.isBroken("ca") || tls.isBroken("pin") || tls.isBroken("insecure");
    if (ways.size() != 1 && !broken) {
      String found = ways.isEmpty() ? "none of ca, pin, insecure" : String.join(" and ", ways);
      problems.add(tls.path(), found, "exactly one of ca, pin and insecure: true");
    }
    NatsChecks.checkPair(tls, "certificate", "key", problems);
  }
}
