package io.harborgateway.app;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.Pem;
import io.harborgateway.certs.Pin;
import io.harborgateway.config.CertificateFiles;
import io.harborgateway.config.ConfigException;
import io.harborgateway.config.ConfigLoader;
import io.harborgateway.config.ConfigSource;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.HostName;
import io.harborgateway.config.LoadedConfig;
import io.harborgateway.config.Problem;
import io.harborgateway.config.Protocol;
import io.harborgateway.config.UpstreamTls;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run: the configuration, with every file that it names read and checked. Immutable.
 * Nothing is bound, dialled or published yet.
 *
 * @param warnings what works, but not as well as it looks
 */
record Plan(
    GatewayConfig config,
    RouteTable routes,
    Map<Instance, InstanceCertificate> certificates,
    Map<Path, List<X509Certificate>> authorities,
    List<Problem> warnings) {

  /**
   * Loads and checks the configuration.
   *
   * @throws ConfigException with every problem that was found
   */
  static Plan load(Path file, Map<String, String> environment, Instant now) throws ConfigException {
    LoadedConfig loaded = ConfigLoader.load(file, environment);
    return new Reader(loaded, now).read();
  }

  InstanceCertificate certificate(Instance instance) {
    InstanceCertificate certificate = certificates.get(instance);
    if (certificate == null) {
      throw new IllegalArgumentException(instance + ": not one of this plan's instances");
    }
    return certificate;
  }

  private static final class Reader {
    private final GatewayConfig config;
    private final ConfigSource source;
    private final Instant now;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings;
    private final Map<Instance, InstanceCertificate> certificates = new HashMap<>();
    private final Map<Path, List<X509Certificate>> authorities = new HashMap<>();

    Reader(LoadedConfig loaded, Instant now) {
      this.config = loaded.config();
      this.source = loaded.source();
      this.now = now;
      this.warnings = new ArrayList<>(loaded.warnings());
    }

    Plan read() throws ConfigException {
      List<Instance> instances = new ArrayList<>();
      for (int i = 0; i < config.instances().size(); i++) {
        instances.add(instance(config.instances().get(i), i));
      }
      for (int i = 0; i < config.listeners().size(); i++) {
        var listener = config.listeners().get(i);
        readUpstreamTls(listener.upstream().tls(), "listeners[%d].upstream.tls".formatted(i));
      }
      if (!problems.isEmpty()) {
        throw new ConfigException(problems);
      }
      return new Plan(
          config,
          RouteTable.of(instances),
          Map.copyOf(certificates),
          Map.copyOf(authorities),
          List.copyOf(warnings));
    }

    private Instance instance(io.harborgateway.config.Instance section, int index) {
      var instance = new Instance(section.guid(), section.names());
      String path = "instances[%d]".formatted(index);
      InstanceCertificate certificate = load(section.certificate(), path + ".certificate");
      if (certificate != null) {
        check(certificate, instance, path + ".certificate");
        certificates.put(instance, certificate);
      }
      for (int i = 0; i < section.upstreams().size(); i++) {
        readUpstreamTls(
            section.upstreams().get(i).upstream().tls(),
            path + ".upstreams[%d].upstream.tls".formatted(i));
      }
      return instance;
    }

    private @Nullable InstanceCertificate load(CertificateFiles files, String path) {
      try {
        return InstanceCertificate.load(files.chain(), files.key());
      } catch (CertificateProblem e) {
        problems.add(source.problem(path, String.valueOf(e.getMessage()), ""));
        return null;
      }
    }

    private void check(InstanceCertificate certificate, Instance instance, String path) {
      List<String> names = instance.names().stream().map(HostName::value).toList();
      var check = new CertificateCheck(names, now);
      for (Finding finding : check.problems(certificate)) {
        problems.add(source.problem(path, finding.message(), ""));
      }
      if (isAnnouncedOverTls()) {
        for (Finding hint : check.hints(certificate)) {
          warnings.add(source.problem(path, hint.message(), ""));
        }
      }
    }

    private boolean isAnnouncedOverTls() {
      return config.registration() != null
          && config.listeners().stream().anyMatch(l -> l.protocol() == Protocol.HTTPS);
    }

    private void readUpstreamTls(@Nullable UpstreamTls tls, String path) {
      if (tls == null) {
        return;
      }
      try {
        if (tls.ca() != null) {
          authorities.put(tls.ca(), Pem.certificates(tls.ca()));
        }
        if (tls.pin() != null) {
          Pin.parse(tls.pin());
        }
      } catch (CertificateProblem e) {
        problems.add(
            source.problem(
                path + (tls.ca() != null ? ".ca" : ".pin"), String.valueOf(e.getMessage()), ""));
      }
    }
  }
}
