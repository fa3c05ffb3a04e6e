package io.harborgateway.announce.routingapi;

/**
 * The routing API answers, but refuses this one mapping: an unknown router group, a TTL too long.
 */
final class MappingRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  MappingRefusedException(String message) {
    super(message);
  }
}
