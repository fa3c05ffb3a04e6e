package io.harborgateway.announce.routeregistrar;

import java.time.Duration;

/**
 * A route's health script, as configured in the file.
 *
 * @param name human-readable name; not empty
 * @param scriptPath a command for {@code /bin/sh -c}, which is how route_registrar runs it: usually
 *     the path of a script, possibly with arguments; not empty
 * @param timeout how long it may run; positive and below the route's interval, half of which is the
 *     default
 */
public record ScriptCheck(String name, String scriptPath, Duration timeout) {}
