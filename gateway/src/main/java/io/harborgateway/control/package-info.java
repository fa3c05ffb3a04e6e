/**
 * The running gateway: the configuration in force, the ports, what is announced when, and the order
 * of start and stop.
 *
 * <p>In reading order: {@link io.harborgateway.snapshot.Snapshot} is everything that was read;
 * {@link io.harborgateway.control.Gateway} is the whole; {@link
 * io.harborgateway.control.Reconciler} keeps what the world sees of it up to date, on one thread;
 * {@link io.harborgateway.control.DrainSequence} ends it.
 */
package io.harborgateway.control;
