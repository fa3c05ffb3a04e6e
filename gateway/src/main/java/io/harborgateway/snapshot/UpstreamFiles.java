package io.harborgateway.snapshot;

import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.UpstreamTlsConfig;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of the files that TLS to the upstreams needs. Immutable.
 *
 * @param authorities the CAs of each file
 * @param pairs the certificates shown to upstreams
 */
public record UpstreamFiles(
    Map<Path, List<X509Certificate>> authorities, Map<Pair, InstanceCertificate> pairs) {
  /** The files of a certificate and its key. */
  public record Pair(Path certificate, Path key) {
    /** Returns the pair that an upstream names, or null. */
    static @Nullable Pair of(UpstreamTlsConfig tls) {
      return tls.certificate() == null || tls.key() == null
          ? null
          : new Pair(tls.certificate(), tls.key());
    }
  }

  public UpstreamFiles {
    authorities = Map.copyOf(authorities);
    pairs = Map.copyOf(pairs);
  }

  /** Returns the CAs of all files of an upstream; empty if it names none. */
  public List<X509Certificate> authorities(UpstreamTlsConfig tls) {
    return tls.ca().stream()
        .flatMap(file -> Objects.requireNonNull(authorities.get(file)).stream())
        .distinct()
        .toList();
  }

  /** Returns the certificate shown to an upstream; null: none. */
  public @Nullable InstanceCertificate certificate(UpstreamTlsConfig tls) {
    Pair pair = Pair.of(tls);
    return pair == null ? null : Objects.requireNonNull(pairs.get(pair));
  }

  Set<Path> files() {
    Set<Path> files = new HashSet<>(authorities.keySet());
    for (Pair pair : pairs.keySet()) {
      files.add(pair.certificate());
      files.add(pair.key());
    }
    return files;
  }
}
