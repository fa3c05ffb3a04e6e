package io.harborgateway.snapshot;

import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.config.load.ConfigChange;
import io.harborgateway.config.load.ConfigDiff;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.route.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The changes from one snapshot to another.
 *
 * @param lines one per change, for logs and terminals; of very many, the first
 * @param restarts the keys among them that take effect only at the next start
 */
public record SnapshotChanges(List<String> lines, List<String> restarts) {
  /** A catalogue may have a hundred thousand instances. */
  private static final int SHOWN = 50;

  /** A folder or bucket may add thousands at once. */
  private static final int MOST = 200;

  public SnapshotChanges {
    lines = bounded(lines);
    restarts = List.copyOf(restarts);
  }

  /** Returns the changes from one to the other; no lines if there are none. */
  public static SnapshotChanges between(Snapshot before, Snapshot after) {
    List<ConfigChange> keys = ConfigDiff.between(before.config(), after.config());
    List<String> lines = new ArrayList<>();
    keys.forEach(change -> lines.add(change.toString()));
    addCatalogued(before, after, lines);
    addCertificates(before, after, lines);
    addPlaces(before, after, lines);
    addUpstreamFiles(before.upstreamFiles(), after.upstreamFiles(), lines);
    if (!before.ticketKeys().equals(after.ticketKeys())) {
      lines.add("changed: tls.session-ticket-keys: what the files have");
    }
    after
        .clientAuths()
        .bySection()
        .forEach((section, auth) -> {
          var had = before.clientAuths().of(section);
          if (had != null && !had.equals(auth)) {
            lines.add("changed: CAs or CRLs of clients: " + section.clientCa() + section.crl());
          }
        });
    RegistrarSettings registrar = registrar(before);
    RegistrarSettings registrarNow = registrar(after);
    if (registrar != null && registrarNow != null && !registrar.saysTheSame(registrarNow)) {
      lines.add("changed: registration.registrar-settings: what the file says");
    }
    return new SnapshotChanges(
        lines, keys.stream().filter(ConfigChange::needsRestart).map(ConfigChange::path).toList());
  }

  private static void addUpstreamFiles(
      UpstreamFiles before, UpstreamFiles after, List<String> lines) {
    after
        .authorities()
        .forEach((file, certificates) -> {
          var had = before.authorities().get(file);
          if (had != null && !had.equals(certificates)) {
            lines.add("changed: upstream CA " + file);
          }
        });
    after
        .pairs()
        .forEach((pair, certificate) -> {
          var had = before.pairs().get(pair);
          if (had != null && !had.equals(certificate)) {
            lines.add(
                "changed: certificate for upstreams %s: %s, ends %s"
                    .formatted(
                        pair.certificate(),
                        certificate.sha256Fingerprint(),
                        certificate.notAfter()));
          }
        });
  }

  private static List<String> bounded(List<String> lines) {
    if (lines.size() <= MOST) {
      return List.copyOf(lines);
    }
    List<String> some = new ArrayList<>(lines.subList(0, MOST));
    some.add("and more, %d changes in all".formatted(lines.size()));
    return List.copyOf(some);
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  private static @Nullable RegistrarSettings registrar(Snapshot snapshot) {
    return snapshot.announcing() == null ? null : snapshot.announcing().registrar();
  }

  private static void addCatalogued(Snapshot before, Snapshot after, List<String> lines) {
    if (before.config().catalogue() == null && after.config().catalogue() == null) {
      return;
    }
    Map<InstanceGuid, Instance> had = new HashMap<>();
    before.routes().instances().forEach(instance -> had.put(instance.guid(), instance));
    List<String> changes = new ArrayList<>();
    for (Instance instance : after.routes().instances()) {
      Instance was = had.remove(instance.guid());
      if (was == null) {
        changes.add("added: instance " + instance + " of the catalogue");
      } else if (!was.equals(instance)) {
        changes.add("changed: names of instance " + instance);
      }
    }
    had.keySet().forEach(guid -> changes.add("removed: instance " + guid + " of the catalogue"));
    Set<String> said = Set.copyOf(lines);
    changes.stream()
        .filter(line -> said.stream().noneMatch(other -> names(other, line)))
        .limit(SHOWN)
        .forEach(lines::add);
    if (changes.size() > SHOWN) {
      lines.add("and more instances of the catalogue, %d in all".formatted(changes.size()));
    }
  }

  /** Whether both concern the same instance: {@code instances[GUID]}, {@code instance GUID}. */
  private static boolean names(String key, String line) {
    int at = key.indexOf("instances[");
    int end = key.indexOf(']', at);
    return at >= 0 && end > at && line.contains(key.substring(at + "instances[".length(), end));
  }

  /** Certificates that are not in memory, and are found in other files now. */
  private static void addPlaces(Snapshot before, Snapshot after, List<String> lines) {
    after
        .certificates()
        .places()
        .forEach((instance, place) -> {
          if (!after.isKnown(instance)
              && before.has(instance)
              && !before.isKnown(instance)
              && !place.equals(before.certificates().place(instance))) {
            lines.add("changed: certificate of instance %s: found elsewhere".formatted(instance));
          }
        });
  }

  private static void addCertificates(Snapshot before, Snapshot after, List<String> lines) {
    Map<InstanceGuid, CertificateSet> had =
        before.certificates().kept().entrySet().stream()
            .collect(Collectors.toMap(entry -> entry.getKey().guid(), Map.Entry::getValue));
    after
        .certificates()
        .kept()
        .forEach((instance, certificate) -> {
          CertificateSet was = had.get(instance.guid());
          if (was != null && !was.equals(certificate)) {
            lines.add(
                "changed: certificate of instance %s: %s, ends %s"
                    .formatted(instance, certificate.fingerprints(), certificate.notAfter()));
          } else if (was == null && before.refused().containsKey(instance)) {
            lines.add("changed: certificate of instance " + instance + ": can be used again");
          }
        });
    after
        .refused()
        .forEach((instance, problem) -> {
          if (!problem.equals(before.refused().get(instance)) && before.isKnown(instance)) {
            lines.add("changed: certificate of instance " + instance + ": not used: " + problem);
          }
        });
  }
}
