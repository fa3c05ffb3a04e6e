package io.harborgateway.announce.nats;

/** What a process publishes, of which another one may speak for the same node. */
enum Speech {
  ALL,
  /** Only that routes are gone. */
  FAREWELLS,
  NOTHING
}
