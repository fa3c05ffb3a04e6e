/**
 * The gateway's surroundings in {@code demo}: the instance with throw-away certificates, a stand-in
 * for Harbor's nginx, NATS, a client; and the checks made with them. Knows the gateway only by its
 * configuration file and its ports.
 */
package io.harborgateway.demo;
