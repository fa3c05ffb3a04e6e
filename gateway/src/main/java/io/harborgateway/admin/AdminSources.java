package io.harborgateway.admin;

import io.harborgateway.lifecycle.Readiness;
import java.util.function.Supplier;

/**
 * The sources of the admin endpoint's answers. The suppliers are called once per request, by
 * several virtual threads at a time, and may block.
 *
 * @param metrics the Prometheus text format, version 0.0.4
 * @param status written as JSON by Jackson: records, maps, lists, a tree
 * @param events what has happened to the node; also written as JSON
 * @param drain begins the drain and returns its state; also written as JSON
 * @param undrain ends the drain and returns its state
 * @param reload reads the configuration again
 * @param handOver offers the sockets to another process
 * @param upgrade has the process replaced by another one
 */
public record AdminSources(
    Readiness readiness,
    Supplier<String> metrics,
    Supplier<? extends Object> status,
    Supplier<? extends Object> events,
    Supplier<? extends Object> drain,
    Supplier<? extends Object> undrain,
    ReloadAction reload,
    Supplier<? extends Object> handOver,
    Supplier<UpgradeAnswer> upgrade) {}
