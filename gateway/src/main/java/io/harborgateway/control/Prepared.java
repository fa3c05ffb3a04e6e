package io.harborgateway.control;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that can be put into force, with all that takes time done: its new certificates
 * proven, its new upstreams checked once.
 *
 * @param contexts of the certificates that are new; taken over by whoever applies it
 * @param left the names that it has no more, and where they led
 * @param started the upstreams that are new, and checked already
 */
record Prepared(
    Snapshot snapshot,
    CertificateWatch certificates,
    Map<Instance, SslContext> contexts,
    Map<HostName, Instance> left,
    List<Service> services,
    List<CheckedUpstream> started) {

  /**
   * A listener.
   *
   * @param same the one that is there already, and stays; null: it is new
   */
  record Service(
      ListenerConfig section, UpstreamSet.Members members, @Nullable ListenerService same) {}

  /** Returns what is in force once this is. */
  Live.State state(Live.State before, LeavingNames leaving) {
    return new Live.State(
        before.generation() + 1,
        Instant.now(),
        snapshot,
        leaving.routes(snapshot),
        certificates,
        leaving.instances());
  }
}
