/**
 * The sections of the YAML file, a record for each, named {@code …Config}.
 *
 * <p>A record component says everything about its key by annotations ({@code config.meta}):
 * meaning, default, range, format. The loader, the JSON Schema and the reference read them there;
 * nothing is written twice. What a key's value may be is in {@code config.values}, how a tree
 * becomes records in {@code config.binding}, and what holds between keys in {@code config.load}.
 */
package io.harborgateway.config;
