package io.harborgateway.benchmarks.compare;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A program that is measured.
 *
 * @param name in the tables
 * @param launcher of a gateway; null for a peer
 */
record Contender(String name, Kind kind, @Nullable Path launcher) {
  static final Contender NGINX = new Contender("nginx", Kind.NGINX, null);
  static final Contender NGINX_UNBUFFERED =
      new Contender("nginx unbuffered", Kind.NGINX_UNBUFFERED, null);
  static final Contender HAPROXY = new Contender("haproxy", Kind.HAPROXY, null);
  static final Contender DOCKER_PROXY = new Contender("docker-proxy", Kind.DOCKER_PROXY, null);

  /** What kind of program it is. */
  enum Kind {
    GATEWAY,
    NGINX,
    /** As Harbor configures its own. */
    NGINX_UNBUFFERED,
    HAPROXY,
    DOCKER_PROXY
  }

  boolean isPeer() {
    return kind != Kind.GATEWAY;
  }

  Set<Entry> entries() {
    return kind == Kind.DOCKER_PROXY ? Set.of(Entry.TCP) : Set.of(Entry.values());
  }
}
