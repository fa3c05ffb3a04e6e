package io.harborgateway.route;

import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service instance: one Harbor, and the host names routed to it.
 *
 * @param names the base name first, then the additional ones
 */
public record Instance(InstanceGuid guid, List<HostName> names) {
  public Instance {
    names = List.copyOf(names);
  }

  public HostName baseName() {
    return names.getFirst();
  }

  /** The names as text. */
  public List<String> hostNames() {
    return names.stream().map(HostName::value).toList();
  }

  /** The base name as text, as in a Host field. */
  public String host() {
    return baseName().value();
  }

  /** The GUID as text, which is how logs and metrics name the instance. */
  public String label() {
    return guid.value();
  }

  /** Returns whether both are the same instance, even from different snapshots. */
  public boolean isSameAs(Instance other) {
    return guid.equals(other.guid);
  }

  // Written out for startup time: see InstanceGuid.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Instance instance
        && guid.equals(instance.guid)
        && names.equals(instance.names);
  }

  @Override
  public int hashCode() {
    return guid.hashCode();
  }

  /** The GUID. */
  @Override
  public String toString() {
    return label();
  }
}
