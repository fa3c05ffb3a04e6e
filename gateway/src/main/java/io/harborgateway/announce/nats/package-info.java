/**
 * Tells the Cloud Foundry routers where to find the instances: the state of each route, the
 * register message, and NATS as the transport.
 *
 * <p>In reading order: {@link io.harborgateway.announce.nats.Announcer} decides what is published
 * when; {@link io.harborgateway.announce.nats.RegistryMessage} is what is published; {@link
 * io.harborgateway.announce.nats.MessageBus} is the connection, which comes and goes.
 */
@NullMarked
package io.harborgateway.announce.nats;

import org.jspecify.annotations.NullMarked;
