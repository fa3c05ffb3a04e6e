package io.harborgateway.control;

import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.snapshot.Snapshot;
import java.time.Instant;
import java.util.Map;

/**
 * What is in force: one reference, switched as a whole. Whoever needs something of it takes {@link
 * #get} and keeps nothing: a request reads it once. Safe for use by any thread; published by the
 * control thread alone.
 */
final class Live {
  /**
   * What is in force at one moment.
   *
   * @param generation counts the snapshots, from 1
   * @param since when this generation came into force
   * @param routes those of the snapshot, and for a while names that have just been withdrawn
   * @param certificates how the snapshot's certificates stand
   * @param leaving instances whose names are being withdrawn, each with the snapshot it is of
   */
  record State(
      long generation,
      Instant since,
      Snapshot snapshot,
      RouteTable routes,
      CertificateWatch certificates,
      Map<Instance, Snapshot> leaving) {

    /** Returns the certificate of an instance of this snapshot, or of one that is leaving. */
    InstanceCertificate certificate(Instance instance) {
      Snapshot older = leaving.isEmpty() || snapshot.has(instance) ? null : leaving.get(instance);
      return (older == null ? snapshot : older).certificate(instance);
    }

    /** Whether handshakes for the instance may begin. */
    boolean has(Instance instance) {
      return snapshot.has(instance) || leaving.containsKey(instance);
    }
  }

  private volatile State state;

  Live(Snapshot snapshot, CertificateWatch certificates) {
    this.state = new State(1, Instant.now(), snapshot, snapshot.routes(), certificates, Map.of());
  }

  State get() {
    return state;
  }

  Snapshot snapshot() {
    return state.snapshot;
  }

  RouteTable routes() {
    return state.routes;
  }

  void publish(State next) {
    state = next;
  }
}
