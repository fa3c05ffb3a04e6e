/**
 * The configuration: one record for each section of the YAML file, loaded strictly, with every
 * problem reported at once and with its place.
 *
 * <p>A record component says everything about its key by annotations ({@code meta}): meaning,
 * default, range, format. The loader, the JSON Schema and the reference read them there; nothing is
 * written twice.
 */
package io.harborgateway.config;
