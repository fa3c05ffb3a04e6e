package io.harborgateway.announce.nats;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of the announcing process: the facts that all its messages share.
 *
 * @param address the IP address at which the routers reach this node; gorouter's {@code host}
 * @param privateInstanceId generated when the process starts, so that routers can tell it from a
 *     former one at the same address; a process that takes over from another keeps its id
 * @param availabilityZone the node's zone; gorouter may prefer endpoints in its own zone
 */
public record NodeIdentity(
    String address, UUID privateInstanceId, @Nullable String availabilityZone) {

  /** Returns the identity of a process that starts now. */
  public static NodeIdentity starting(String address, @Nullable String availabilityZone) {
    return new NodeIdentity(address, UUID.randomUUID(), availabilityZone);
  }
}
