/**
 * The sections of the YAML file, one record each, named {@code …Config}.
 *
 * <p>Annotations ({@code config.meta}) on a record component define everything about its key:
 * meaning, default, range, format. The loader, the JSON Schema and the reference read them there;
 * nothing is written twice. The types of values are in {@code config.values}, binding a tree to
 * records in {@code config.binding}, and checks across keys in {@code config.load}.
 */
package io.harborgateway.config;
