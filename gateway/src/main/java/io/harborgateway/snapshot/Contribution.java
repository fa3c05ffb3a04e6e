package io.harborgateway.snapshot;

import io.harborgateway.config.load.LoadedInstance;

/**
 * An instance from a source besides the configuration, as in force.
 *
 * @param version version of its text, which may have become invalid since
 */
public record Contribution(Object version, LoadedInstance instance) {}
