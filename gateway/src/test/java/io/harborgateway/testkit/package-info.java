/**
 * The fixtures of all tests: real peers (nginx, nats-server, curl, openssl), scriptable ones
 * ({@link io.harborgateway.testkit.Origin}, {@link io.harborgateway.testkit.RawClient}), a double
 * of gorouter ({@link io.harborgateway.testkit.Gorouter}) with load through it ({@link
 * io.harborgateway.testkit.RouterLoad}), certificates, and what watches the process itself (leaks,
 * memory).
 *
 * <p>Every fixture is on free loopback ports, ends what it started when it is closed, bounds each
 * wait, and uses nothing of what is tested: no Netty, blocking I/O on virtual threads. A peer that
 * is not installed fails the test with the line that installs it.
 */
@NullMarked
package io.harborgateway.testkit;

import org.jspecify.annotations.NullMarked;
