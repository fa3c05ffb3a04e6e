/**
 * Tells the Cloud Foundry routers where to find the instances: the state of each route, the
 * register message, and NATS as the channel.
 *
 * <p>In reading order: {@link io.harborgateway.registration.Announcer} decides what is published
 * when; {@link io.harborgateway.registration.RegisterMessage} is what is published; {@link
 * io.harborgateway.registration.MessageBus} is the connection, which comes and goes.
 */
@NullMarked
package io.harborgateway.registration;

import org.jspecify.annotations.NullMarked;
