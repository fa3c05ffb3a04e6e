package io.harborgateway.admin;

import io.harborgateway.lifecycle.Readiness;
import java.util.function.Supplier;

/**
 * Where the admin endpoint has its answers from. The suppliers are called once for each request, by
 * several virtual threads at a time, and may wait.
 *
 * @param metrics the Prometheus text format, version 0.0.4
 * @param status what Jackson writes as JSON: records, maps, lists, a tree
 * @param events what has happened to the node; as JSON, too
 * @param drain begins the drain, and returns how it stands; as JSON, too
 * @param undrain ends the drain, and returns how it stands
 * @param reload reads the configuration again
 */
public record AdminSources(
    Readiness readiness,
    Supplier<String> metrics,
    Supplier<? extends Object> status,
    Supplier<? extends Object> events,
    Supplier<? extends Object> drain,
    Supplier<? extends Object> undrain,
    ReloadAction reload) {}
