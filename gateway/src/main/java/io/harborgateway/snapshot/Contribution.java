package io.harborgateway.snapshot;

import io.harborgateway.config.load.LoadedInstance;

/**
 * An instance of a source beside the configuration, as it is in force.
 *
 * @param version of the text that said it, which may have become a bad one since
 */
public record Contribution(Object version, LoadedInstance instance) {}
