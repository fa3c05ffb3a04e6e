package io.harborgateway.control;

import io.harborgateway.certs.CertificateSet;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tls.ClientAuth;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state in force: one reference, switched as a whole. Readers call {@link #get} and keep
 * nothing: a request reads it once. Thread-safe; published only by the control thread.
 */
final class Live {
  /**
   * A state in force at one moment.
   *
   * @param generation number of the snapshot, from 1
   * @param since when this generation came into force
   * @param routes the snapshot's routes and, for a while, names that have just been withdrawn
   * @param certificates status of the snapshot's certificates
   * @param leaving instances whose names are being withdrawn, each with the snapshot it belongs to
   */
  record State(
      long generation,
      Instant since,
      Snapshot snapshot,
      RouteTable routes,
      CertificateWatch certificates,
      Map<Instance, Snapshot> leaving) {

    /** Returns the certificate of an instance of this snapshot, or of a leaving one. */
    CertificateSet certificate(Instance instance) {
      Snapshot older = leaving.isEmpty() || snapshot.has(instance) ? null : leaving.get(instance);
      return (older == null ? snapshot : older).certificate(instance);
    }

    /**
     * Returns what an instance of this snapshot, or a leaving one, demands of its clients itself;
     * null: nothing.
     */
    @Nullable ClientAuth ownClientAuth(Instance instance) {
      Snapshot older = leaving.isEmpty() || snapshot.has(instance) ? null : leaving.get(instance);
      return (older == null ? snapshot : older).clientAuths().own(instance.guid());
    }

    /** Returns all demands of clients, those of leaving instances included. */
    Set<ClientAuth> clientAuths() {
      Set<ClientAuth> all = new HashSet<>(snapshot.clientAuths().bySection().values());
      leaving.values().forEach(older -> all.addAll(older.clientAuths().bySection().values()));
      return all;
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
