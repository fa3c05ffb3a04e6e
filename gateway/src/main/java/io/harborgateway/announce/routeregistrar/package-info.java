/**
 * Reads route_registrar's own files unchanged, so that a node can switch to the gateway with what
 * it has: {@code registrar_settings.json}, the files of its {@code dynamic_config_globs}, and its
 * health scripts. Reports which of its routes are wanted at any time; publishes nothing.
 *
 * <p>In reading order: {@link io.harborgateway.announce.routeregistrar.RegistrarRoutes} ties
 * everything together; {@link io.harborgateway.announce.routeregistrar.RegistrarSettings} is the
 * settings file; {@link io.harborgateway.announce.routeregistrar.RegistrarFiles} watches the files
 * of the globs; {@link io.harborgateway.announce.routeregistrar.HealthScript} runs a route's
 * script.
 *
 * <p>The formats follow route_registrar's source (config/config.go and
 * registrar/routes_config_watcher.go of cloudfoundry/routing-release), down to how Go reads JSON,
 * YAML, durations and globs. Where this package is stricter, route_registrar would crash later.
 */
@NullMarked
package io.harborgateway.announce.routeregistrar;

import org.jspecify.annotations.NullMarked;
