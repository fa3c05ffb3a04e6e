package io.harborgateway.announce.routingapi;

/**
 * Thrown if the routing API answers but rejects this one mapping: an unknown router group, a TTL
 * that is too long.
 */
final class MappingRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  MappingRefusedException(String message) {
    super(message);
  }
}
