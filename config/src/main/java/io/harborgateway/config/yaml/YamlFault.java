package io.harborgateway.config.yaml;

/**
 * A fault in the file's YAML.
 *
 * @param path of the affected key; empty for the file as a whole
 */
public record YamlFault(Mark at, String path, String found, String expected) {}
