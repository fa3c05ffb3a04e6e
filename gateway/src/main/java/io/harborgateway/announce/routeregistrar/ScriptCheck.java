package io.harborgateway.announce.routeregistrar;

import java.time.Duration;

/**
 * A route's health script, as the file has it.
 *
 * @param name what people call it; not empty
 * @param scriptPath a command for {@code /bin/sh -c}, as which route_registrar runs it: most often
 *     the path of a script, and perhaps arguments; not empty
 * @param timeout how long it may run; positive and below the route's interval, half of which is the
 *     default
 */
public record ScriptCheck(String name, String scriptPath, Duration timeout) {}
