/**
 * The running gateway: what the configuration comes to, the ports, what is announced when, the
 * order of start and stop.
 *
 * <p>In reading order: {@link io.harborgateway.snapshot.Snapshot} is all that was read; {@link
 * io.harborgateway.control.Gateway} is the whole; {@link io.harborgateway.control.Reconciler} keeps
 * what the world sees of it true, on one thread; {@link io.harborgateway.control.DrainSequence}
 * ends it.
 */
package io.harborgateway.control;
