package io.harborgateway.snapshot;

import io.harborgateway.config.ClientAuthConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.tls.ClientAuth;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is demanded of clients, with the files that it names, read and checked. Immutable.
 *
 * @param bySection of each section that demands something
 * @param byInstance of the instances that have a section of their own
 */
public record ClientAuths(
    Map<ClientAuthConfig, ClientAuth> bySection, Map<InstanceGuid, ClientAuth> byInstance) {
  static final ClientAuths NONE = new ClientAuths(Map.of(), Map.of());

  public ClientAuths {
    bySection = Map.copyOf(bySection);
    byInstance = Map.copyOf(byInstance);
  }

  /** Returns what an instance demands itself; null: nothing. */
  public @Nullable ClientAuth own(InstanceGuid instance) {
    return byInstance.isEmpty() ? null : byInstance.get(instance);
  }

  /** Returns what a section demands; null if it is not one of this snapshot's. */
  public @Nullable ClientAuth of(ClientAuthConfig section) {
    return bySection.get(section);
  }

  Set<Path> files() {
    Set<Path> files = new HashSet<>();
    for (ClientAuthConfig section : bySection.keySet()) {
      files.addAll(section.clientCa());
      files.addAll(section.crl());
    }
    return files;
  }
}
