package io.harborgateway.route;

import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps host names to instances: an immutable snapshot. A lookup reads the name in place, ignoring
 * case, and allocates nothing. Thread-safe.
 */
public final class RouteTable {
  private final List<Instance> instances;
  private final @Nullable Instance unnamed;
  private final byte[][] names; // open addressing, at most half full
  private final Instance[] targets;
  private final int mask;

  private RouteTable(List<Instance> instances, int slots) {
    this.instances = instances;
    this.unnamed = instances.size() == 1 ? instances.getFirst() : null;
    this.names = new byte[slots][];
    this.targets = new Instance[slots];
    this.mask = slots - 1;
  }

  private RouteTable(RouteTable same, @Nullable Instance unnamed) {
    this.instances = same.instances;
    this.unnamed = unnamed;
    this.names = same.names;
    this.targets = same.targets;
    this.mask = same.mask;
  }

  /**
   * Returns the table of these instances.
   *
   * @throws IllegalArgumentException if two instances claim the same name
   */
  public static RouteTable of(List<Instance> instances) {
    return of(instances, Map.of());
  }

  /**
   * Returns the table of these instances and of further names.
   *
   * @param more further names with their instances, which need not be among the table's
   * @throws IllegalArgumentException if two claim the same name
   */
  public static RouteTable of(List<Instance> instances, Map<HostName, Instance> more) {
    int count =
        instances.stream().mapToInt(instance -> instance.names().size()).sum() + more.size();
    int slots = Integer.highestOneBit(Math.max(count, 1)) << 2;
    var table = new RouteTable(List.copyOf(instances), slots);
    for (Instance instance : instances) {
      for (HostName name : instance.names()) {
        table.add(name, instance);
      }
    }
    more.forEach(table::add);
    return table;
  }

  /**
   * Returns the same table, in which clients that name none of its instances get this one; none of
   * them if it is not in the table.
   *
   * @param guid null leaves the table as it is
   */
  public RouteTable withDefault(@Nullable InstanceGuid guid) {
    return guid == null
        ? this
        : new RouteTable(
            this,
            instances.stream().filter(each -> each.guid().equals(guid)).findFirst().orElse(null));
  }

  private void add(HostName name, Instance instance) {
    byte[] bytes = name.value().getBytes(StandardCharsets.ISO_8859_1); // all ASCII, so copied as is
    int slot = spread(name.value().hashCode()) & mask;
    while (names[slot] != null) {
      if (Arrays.equals(names[slot], bytes)) {
        throw new IllegalArgumentException(
            "name " + name.value() + ": claimed by " + targets[slot] + " and by " + instance);
      }
      slot = slot + 1 & mask;
    }
    names[slot] = bytes;
    targets[slot] = instance;
  }

  public List<Instance> instances() {
    return instances;
  }

  /** Returns the only instance, or null if there are none or several. */
  public @Nullable Instance onlyInstance() {
    return instances.size() == 1 ? instances.getFirst() : null;
  }

  /**
   * Returns the instance whose certificate a client gets that names none, or one that is not here:
   * the default, without one the only instance, or null.
   */
  public @Nullable Instance unnamed() {
    return unnamed;
  }

  /**
   * Returns the instance of the host name at {@code [start, end)}, or null.
   *
   * @param source holds the name without port and trailing dot, in upper or lower case
   */
  public @Nullable Instance lookup(ByteSource source, int start, int end) {
    int slot = hash(source, start, end) & mask;
    while (names[slot] != null) {
      if (matches(names[slot], source, start, end)) {
        return targets[slot];
      }
      slot = slot + 1 & mask;
    }
    return null;
  }

  /** Returns the instance of {@code name}, or null; not for the hot path. */
  public @Nullable Instance lookup(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    int length = bytes.length;
    return lookup(
        index -> bytes[index], 0, length > 0 && bytes[length - 1] == '.' ? length - 1 : length);
  }

  private static boolean matches(byte[] name, ByteSource source, int start, int end) {
    if (name.length != end - start) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (lower(source.byteAt(start + i)) != name[i]) {
        return false;
      }
    }
    return true;
  }

  /** The same value as the name's {@link String#hashCode}, which is faster at startup. */
  private static int hash(ByteSource source, int start, int end) {
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + lower(source.byteAt(i));
    }
    return spread(hash);
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 16;
  }

  private static byte lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? (byte) (octet | 0x20) : octet;
  }
}
