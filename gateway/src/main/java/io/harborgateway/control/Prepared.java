package io.harborgateway.control;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tls.InstanceContexts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot ready to be put into force, with everything done that takes time: its new certificates
 * proven, its new upstreams checked once.
 *
 * @param contexts contexts of the new certificates; whoever applies this takes ownership
 * @param left the names it no longer has, with the instances they led to
 * @param started the new upstreams, already checked
 */
record Prepared(
    Snapshot snapshot,
    CertificateWatch certificates,
    Map<Instance, InstanceContexts> contexts,
    Map<HostName, Instance> left,
    List<Service> services,
    List<CheckedUpstream> started) {

  /**
   * A listener.
   *
   * @param same the existing listener, which stays; null if it is new
   */
  record Service(
      ListenerConfig section, UpstreamSet.Members members, @Nullable ListenerService same) {}

  /** Returns the state that follows once this is in force. */
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
