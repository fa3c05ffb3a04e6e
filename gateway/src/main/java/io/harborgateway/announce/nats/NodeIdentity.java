package io.harborgateway.announce.nats;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who announces: the facts of this process that all of its messages share.
 *
 * @param address the IP address at which the routers reach this node; gorouter's {@code host}
 * @param privateInstanceId made at the start of the process, so that the routers can tell it from
 *     one that had the address before
 * @param availabilityZone where the node stands; gorouter may prefer endpoints of its own zone
 */
public record NodeIdentity(
    String address, UUID privateInstanceId, @Nullable String availabilityZone) {

  /** The origin of a process that starts now. */
  public static NodeIdentity starting(String address, @Nullable String availabilityZone) {
    return new NodeIdentity(address, UUID.randomUUID(), availabilityZone);
  }
}
