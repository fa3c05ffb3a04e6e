package io.harborgateway.cli;

import io.harborgateway.certs.CertificateDetails;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.control.HealthChecks;
import io.harborgateway.control.UpstreamSet;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.transport.Transport;
import io.harborgateway.upstream.AddressStatus;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.HealthCheck;
import io.harborgateway.upstream.SingleCheck;
import io.harborgateway.upstream.Upstream;
import io.netty.channel.EventLoop;
import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Probes every upstream of a snapshot once, all concurrently, and prints the results. */
final class UpstreamReport {
  private UpstreamReport() {}

  /** Prints the report; returns whether all upstreams can be used. */
  static boolean print(Snapshot snapshot, PrintWriter out) {
    Transport transport = Transport.best();
    var loops = transport.newEventLoops(1, "probe");
    try {
      Map<String, CompletableFuture<SingleCheck.Seen>> checks = new LinkedHashMap<>();
      Map<String, HealthCheck.Settings> settings = new LinkedHashMap<>();
      for (ListenerConfig listener : snapshot.config().listeners()) {
        UpstreamSet.planned(listener, snapshot)
            .forEach((upstream, section) -> {
              var check = HealthChecks.settings(section, upstream, snapshot.routes().instances());
              String name = "upstream " + listener.name() + " " + upstream;
              settings.put(name, check);
              checks.put(name, begin(loops.next(), transport, upstream, check));
            });
      }
      boolean all = true;
      for (var each : checks.entrySet()) {
        SingleCheck.Seen seen = each.getValue().join();
        out.println(
            each.getKey() + (seen.failure().isEmpty() ? ": ok" : ": FAILED: " + seen.failure()));
        showConnection(seen, out);
        showAnswer(settings.get(each.getKey()), seen, out);
        all &= seen.failure().isEmpty();
      }
      return all;
    } catch (SSLException e) {
      throw new IllegalStateException("the plan has checked what TLS needs", e);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static CompletableFuture<SingleCheck.Seen> begin(
      EventLoop loop, Transport transport, Upstream upstream, HealthCheck.Settings settings) {
    return SingleCheck.begin(loop, new Connector(transport), upstream, settings);
  }

  static void showConnection(SingleCheck.Seen seen, PrintWriter out) {
    if (seen.address() != null && seen.dialled() != null) {
      out.printf(
          "  connected to %s in %d ms%s%n",
          seen.address(),
          seen.dialled().toMillis(),
          seen.session() == null
              ? ", in the clear"
              : ", " + seen.session().getProtocol() + ", " + seen.session().getCipherSuite());
    }
    if (!seen.certificate().isEmpty()) {
      out.println("  asks for a client certificate: " + seen.certificate());
    }
    if (seen.failure().isEmpty()) { // otherwise the failure names them
      for (AddressStatus each : seen.addresses()) {
        if (each.failure() != null) {
          out.printf("  not to %s: %s%n", each.address(), each.failure());
        }
      }
    }
    if (!seen.chain().isEmpty()) {
      showCertificate(seen.chain().getFirst(), seen.chain().size(), out);
    }
  }

  private static void showCertificate(X509Certificate leaf, int sent, PrintWriter out) {
    try {
      var details = CertificateDetails.of(leaf);
      out.printf(
          "  certificate %s for %s%n    issued by %s, until %s, %d sent%n    pin %s%n",
          details.subject(),
          String.join(", ", details.names()),
          details.issuer(),
          details.notAfter(),
          sent,
          details.pin());
    } catch (CertificateProblem e) {
      out.println("  certificate: " + e.getMessage());
    }
  }

  private static void showAnswer(
      HealthCheck.@Nullable Settings settings, SingleCheck.Seen seen, PrintWriter out) {
    if (settings != null && settings.path() != null && seen.answered() != null) {
      out.printf(
          "  GET %s of %s: %d in %d ms%n",
          settings.path(), settings.host(), seen.status(), seen.answered().toMillis());
    }
  }
}
