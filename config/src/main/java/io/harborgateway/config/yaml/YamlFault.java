package io.harborgateway.config.yaml;

/**
 * What is wrong with the file as YAML.
 *
 * @param path of the key that is affected; empty for the file as a whole
 */
public record YamlFault(Mark at, String path, String found, String expected) {}
